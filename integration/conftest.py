"""Fixtures: one daemon per file, clients as a parameter, and a leak check at the end of each file."""

import contextlib
import itertools
import os
import pathlib
import shutil
import tempfile

import pytest

from harness import namespace
from harness.engine import Skiffd, engine_class
from harness.client import newest_docker, path_of
from harness.images import Archives

MINIMUM_DOCKER = (23, 0)  # whose words the suite speaks: --format json and others
_names = itertools.count(1)


def pytest_configure(config):
    if os.geteuid() != 0:
        raise pytest.UsageError("the integration tests start containers: run them as root")
    namespace.enter_private_network()


def pytest_report_header(config):
    cls = engine_class()
    return f"engine: {cls.name}{' (' + cls.missing() + ')' if cls.missing() else ''}"


def client_names(module):
    """skiff for each behavioural test; files that set CLIENTS run with others too."""
    if os.environ.get("SKIFF_CLIENT"):
        return [os.environ["SKIFF_CLIENT"]]
    if engine_class() is not Skiffd:
        return ["docker"]
    return getattr(module, "CLIENTS", ["skiff"])


def pytest_generate_tests(metafunc):
    if "cli" in metafunc.fixturenames:
        metafunc.parametrize("client_name", client_names(metafunc.module), scope="module")


def pytest_runtest_setup(item):
    if item.get_closest_marker("skiff_only") and engine_class() is not Skiffd:
        pytest.skip("only skiffd can show this")


@pytest.fixture(scope="session")
def session_directory():
    directory = pathlib.Path(tempfile.mkdtemp(prefix="skint-", dir="/var/tmp"))
    yield directory
    if not os.environ.get("SKIFF_KEEP"):
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def archives(session_directory):
    directory = session_directory / "archives"
    directory.mkdir()
    return Archives(directory)


@pytest.fixture(scope="module")
def make_engine(request, session_directory):
    """Makes daemons; all are ended at the end of the file, which fails if one left something behind."""
    cls = engine_class()
    if cls.missing():
        pytest.fail(cls.missing())
    engines = []

    def make(*flags, **options):
        name = f"{request.module.__name__.removeprefix('test_')}-{len(engines)}"
        engine = cls(session_directory / name, *flags, **options)
        engines.append(engine)
        return engine

    yield make
    left = {}
    for engine in reversed(engines):
        leaked = engine.close()
        if leaked:
            left[engine.base.name] = leaked
    assert not left, f"left behind: {left}"


@pytest.fixture(scope="module")
def engine(request, make_engine, archives):
    """The daemon of this file, with busybox:latest loaded."""
    module = request.module
    engine = make_engine(*getattr(module, "ENGINE_FLAGS", []), **getattr(module, "ENGINE_OPTIONS", {}))
    engine.start()
    load(engine, archives.busybox)
    return engine


def load(engine, archive):
    client = engine.client("docker" if engine.name == "dockerd" else "skiff")
    return client.ok("load", "-i", archive)


@pytest.fixture
def client_name():
    """Overridden by parametrization where a test takes `cli`."""
    return "skiff" if engine_class() is Skiffd else "docker"


@pytest.fixture
def cli(engine, client_name):
    """The client program under test; containers that a test leaves are removed after it."""
    if not os.path.exists(path_of(client_name)):
        pytest.fail(f"no {path_of(client_name)}: run 'make build' or 'make deps'")
    if client_name == "docker" and newest_docker()[0] < MINIMUM_DOCKER:
        pytest.skip(f"docker CLI {newest_docker()[0]} is too old: install one of version 23 or newer")
    engine.revive()
    yield engine.client(client_name)
    if engine.process.poll() is None and engine.answers():
        engine.remove_containers()


@pytest.fixture
def cleanup():
    """An exit stack: what a test enters is left in the reverse order."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def name(request):
    """Makes container names that no other test uses."""
    prefix = f"t{next(_names)}"
    return lambda suffix="c": f"{prefix}-{suffix}"
