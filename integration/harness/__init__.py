"""What the integration tests stand on: engines, clients, registries, images, and the leak check."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / ".build" / "release"
sys.path.insert(0, str(ROOT / "scripts"))
