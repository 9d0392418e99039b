"""AppArmor profiles on containers: `scripts/test-vm` boots a kernel that has it, other hosts skip it."""

import pathlib
import subprocess

import pytest

from test_runtime import bundle, identifier, output, plain, run, runtime  # noqa: F401 (fixtures)

ENABLED = pathlib.Path("/sys/module/apparmor/parameters/enabled")

pytestmark = pytest.mark.skipif(
    not ENABLED.exists() or ENABLED.read_text().strip() != "Y",
    reason="this host has no AppArmor: scripts/test-vm has it",
)
# What a container may do but read one file; a runtime above it may send it signals.
PROFILE = """
profile {name} flags=(attach_disconnected,mediate_deleted) {{
  capability,
  file,
  mount,
  network,
  signal,
  umount,
  deny /secret r,
}}
"""
# The first program may run (its own exec is not this profile's to refuse), and start no other.
NO_EXEC = """
profile {name} flags=(attach_disconnected) {{
  capability,
  signal,
  /** rm,
}}
"""


@pytest.fixture(scope="module")
def profiles():
    """The names of two loaded profiles."""
    made = {"skint-secret": PROFILE, "skint-noexec": NO_EXEC}
    for name, text in made.items():
        parser("--replace", text.format(name=name))
    yield list(made)
    for name, text in made.items():
        parser("--remove", text.format(name=name))


def parser(action, text):
    subprocess.run(["apparmor_parser", "--skip-cache", action], input=text, text=True, check=True)


@pytest.fixture
def secret(bundle, profiles):
    """A bundle under a profile that keeps a file from it."""
    (bundle.rootfs / "secret").write_text("the secret\n")
    bundle.spec["process"]["apparmorProfile"] = profiles[0]
    return bundle


def test_the_profile_holds(runtime, secret, identifier):
    script = "cat /proc/self/attr/current; cat /secret || cat /etc/passwd >/dev/null && echo but others"
    result = run(runtime, secret, identifier, "sh", "-c", script)
    assert result.out == "skint-secret (enforce)\nbut others\n" and "Permission denied" in result.err, str(result)


@pytest.mark.parametrize("no_new_privileges", [True, False])
def test_with_and_without_new_privileges(no_new_privileges, runtime, secret, identifier):
    text = output(runtime, secret, identifier, "cat /proc/self/attr/current", noNewPrivileges=no_new_privileges)
    assert text == "skint-secret (enforce)\n"


def test_exec_has_the_containers(runtime, secret, identifier):
    runtime.start(secret.set("sleep", "1000"), identifier)
    assert runtime.ok("exec", identifier, "cat", "/proc/self/attr/current").out == "skint-secret (enforce)\n"
    assert "Permission denied" in runtime.run("exec", identifier, "cat", "/secret").err


def test_exec_with_another(runtime, bundle, identifier, profiles):
    runtime.start(bundle.set("sleep", "1000"), identifier)
    assert runtime.ok("exec", identifier, "cat", "/proc/self/attr/current").out == "unconfined\n"
    result = runtime.ok("exec", "--apparmor", profiles[0], identifier, "cat", "/proc/self/attr/current")
    assert result.out == "skint-secret (enforce)\n"


def test_unconfined(runtime, bundle, identifier):
    text = output(runtime, bundle, identifier, "cat /proc/self/attr/current", apparmorProfile="unconfined")
    assert text == "unconfined\n"


def test_a_profile_that_lets_nothing_more_run(runtime, bundle, identifier, profiles):
    result = run(runtime, bundle, identifier, "sh", "-c", "echo begun; /bin/cat /etc/passwd", apparmorProfile=profiles[1])
    assert (result.out, result.code) == ("begun\n", 126) and "Permission denied" in result.err, str(result)


def test_a_profile_that_is_not_loaded(runtime, bundle, identifier):
    result = run(runtime, bundle, identifier, "true", apparmorProfile="skint-nosuch")
    assert result.code == 1, str(result)
    assert "unable to apply apparmor profile: apparmor failed to apply profile" in plain(result.err)
    assert "no such file or directory" in result.err


def test_exec_with_a_profile_that_is_not_loaded(runtime, bundle, identifier):
    runtime.start(bundle.set("sleep", "1000"), identifier)
    result = runtime.run("exec", "--apparmor", "skint-nosuch", identifier, "true")
    assert result.code != 0 and "apparmor failed to apply profile" in plain(result.err), str(result)
