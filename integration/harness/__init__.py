"""What the integration tests stand on: engines, clients, registries, images, and the leak check."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SKIFF_BIN", ROOT / ".build" / "release"))
sys.path.insert(0, str(ROOT / "scripts"))
