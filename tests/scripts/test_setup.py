"""The set-up script, run for real in a copy of what it reads, with stand-ins for what it would install with."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [ROOT / name for name in ("scripts/setup", "scripts/demo", "scripts/test", ".ci/run")]
TOOLS = (
    *("bash", "env", "id", "dirname", "mktemp", "rm", "sed", "tail", "cp", "sha256sum", "grep"),
    *("flock", "cat", "find", "touch"),
)
PIP = """import os, sys
if "install" in sys.argv:
    with open(os.environ["CALLS"], "a") as calls:
        print("pip", sys.argv[-1], file=calls)
    sys.exit(int(os.environ.get("PIP_FAILS", "0")))
"""


class Machine:
    """A clone, and a PATH on which Debian's tools are stand-ins that write down how they were called."""

    def __init__(self, folder):
        self.clone = folder / "a clone"  # the blank is on purpose
        self.bin = folder / "bin"
        self.calls = folder / "calls"
        (self.clone / "scripts").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / "scripts/setup", self.clone / "scripts/setup")
        (self.clone / "pyproject.toml").write_text("[project]\n")
        (folder / "pip_stand_in").mkdir()
        (folder / "pip_stand_in" / "pip.py").write_text(PIP)
        (folder / "pip_stand_in" / "device.py").touch()
        for name in TOOLS:
            (self.bin / name).symlink_to(shutil.which(name))
        base = getattr(sys, "_base_executable", sys.executable)
        # a venv without ensurepip is made in a moment; its pip is the stand-in
        self.program("python3", f'case "$*" in "-m venv "*) shift 2; set -- -m venv --without-pip "$@" ;; esac\n'
                     f'exec {base} "$@"')  # fmt: skip
        self.base(base)
        self.program("dpkg-query", f'grep -qx "$4" {folder}/installed && echo installed')
        self.program("apt-get", f'echo "apt-get $*" >> {self.calls}; case "$*" in *install*) '
                     f'[ -e {folder}/lists ] || exit 100; for p in "$@"; do echo "$p" >> {folder}/installed; done ;; '
                     f"*update*) touch {folder}/lists ;; esac")  # fmt: skip
        self.installed = folder / "installed"
        self.installed.write_text("libespeak-ng1\nalsa-utils\n")
        self.environment = {
            "PATH": str(self.bin),
            "PYTHONPATH": str(folder / "pip_stand_in"),
            "CALLS": str(self.calls),
            "HOME": str(folder),
        }

    def base(self, base):
        """Let the script find the stand-in as the interpreter behind python3, not the real one."""
        real = self.bin / "python3"
        text = real.read_text()
        real.write_text(text.replace("\n", f'\ncase "$2" in *_base_executable*) echo {real}; exit ;; esac\n', 1))

    def program(self, name, text):
        (self.bin / name).write_text(f"#!/bin/bash\n{text}\n")
        (self.bin / name).chmod(0o755)

    def setup(self, *arguments, **environment):
        """Run the script; return its exit status, what it said, and what it called meanwhile."""
        self.calls.write_text("")
        done = subprocess.run(
            [self.clone / "scripts/setup", *arguments],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout, self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_once_is_enough(machine):
    """The first call sets up and says so; the second has nothing to do and says nothing."""
    status, said, calls = machine.setup()
    assert status == 0, said
    assert calls == ["pip ."]
    assert len(said.splitlines()) <= 4
    assert machine.setup() == (0, "", [])


def test_extras_are_added_and_kept(machine):
    """Tests and development bring more; asking for less afterwards takes nothing away."""
    machine.setup()
    assert machine.setup("test")[2] == ["pip .[test]"]
    assert machine.setup("dev")[2] == ["pip .[dev]"]
    assert machine.setup("test")[2] == machine.setup()[2] == []
    (machine.clone / "pyproject.toml").write_text("[project]\n# changed\n")
    assert machine.setup()[2] == ["pip .[dev]"]


def test_an_interrupted_set_up_is_repaired(machine):
    """After a failure the end of the log is shown, the status is not 0, and the next call starts afresh."""
    status, said, _ = machine.setup(PIP_FAILS="1")
    assert status == 1
    assert "pip install failed" in said
    (machine.clone / ".venv/half").touch()
    assert machine.setup()[0] == 0
    assert not (machine.clone / ".venv/half").exists()


@pytest.mark.parametrize("damage", ["moved", "broken", "garbled"])
def test_an_unfit_venv_is_remade(machine, damage):
    """A .venv that was moved with its folder, lost its Python, or has a damaged stamp is made anew."""
    machine.setup()
    venv = machine.clone / ".venv"
    (venv / "old").touch()
    if damage == "moved":
        machine.clone = machine.clone.rename(machine.clone.with_name("elsewhere"))
    elif damage == "broken":
        (venv / "bin/python").unlink()
        (venv / "bin/python").symlink_to("/nonexistent")
    else:
        (venv / "setup-done").write_text("\0")
    status, said, calls = machine.setup()
    assert (status, calls) == (0, ["pip ."]), said
    assert not (machine.clone / ".venv/old").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs Debian packages without sudo")
def test_missing_packages_are_installed(machine):
    """As root, what is missing (and only that) is installed; package lists are fetched only if it fails without."""
    machine.installed.write_text("alsa-utils\n")
    status, said, calls = machine.setup()
    assert status == 0, said
    assert "libespeak-ng1" in said
    words = [call.split() for call in calls if call.startswith("apt-get")]
    assert [next(word for word in line if word in ("install", "update")) for line in words] == (
        ["install", "update", "install"]
    )
    assert words[-1][-1] == "libespeak-ng1"
    assert "alsa-utils" not in words[-1]
    assert "--no-install-recommends" in words[-1]


def test_without_root_it_says_what_to_type(machine):
    """An ordinary user without sudo gets one line, ready to be typed, and nothing is begun."""
    machine.installed.write_text("")
    (machine.bin / "id").unlink()
    machine.program("id", "echo 1000")
    status, said, calls = machine.setup()
    assert (status, calls) == (1, [])
    assert said.splitlines() == [
        "setup: to go on, type: sudo apt-get install --no-install-recommends libespeak-ng1 alsa-utils"
    ]
    assert not (machine.clone / ".venv").exists()


def test_sudo_without_a_password_is_used(machine):
    """An ordinary user who may use sudo freely (as on Raspberry Pi OS) is not asked to type anything."""
    machine.installed.write_text("alsa-utils\n")
    (machine.bin / "id").unlink()
    machine.program("id", "echo 1000")
    (machine.bin / "true").symlink_to(shutil.which("true"))
    machine.program("sudo", 'echo "sudo $1" >> "$CALLS"; shift; exec "$@"')
    status, said, calls = machine.setup()
    assert status == 0, said
    assert "sudo -n" in calls
    assert "libespeak-ng1" in machine.installed.read_text()


def test_an_old_python_is_named(machine):
    """A Python that is too old is told with its version."""
    for name in ("python3.11", "python3.12", "python3.13"):
        (machine.bin / name).unlink(missing_ok=True)
    machine.program("python3", '[ "$1" = -V ] && echo "Python 3.9.2" || exit 1')
    status, said, _ = machine.setup()
    assert status == 1
    assert "3.11 or newer is needed, this is Python 3.9.2" in said


def test_other_systems_are_told_what_is_needed(machine):
    """Without Debian's tools one line names what is needed, and the coach is set up all the same."""
    (machine.bin / "apt-get").unlink()
    status, said, calls = machine.setup()
    assert (status, calls) == (0, ["pip ."]), said
    assert sum("this is not Debian" in line for line in said.splitlines()) == 1


def test_a_wrong_argument(machine):
    """A typing error names what there is."""
    status, said, _ = machine.setup("tset")
    assert status == 2
    assert "there are: test, dev" in said


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_sound(script):
    """Each script can be run, is free of syntax errors, and stops at the first error."""
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    text = script.read_text()
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_neither_path_installs_a_training_framework():
    """What runners and tests install names neither TensorFlow nor PyTorch; those are for building the model only."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = " ".join(project["dependencies"] + project["optional-dependencies"]["test"])
    assert not {"tensorflow", "torch"} & set(names.replace(">", " ").replace("=", " ").split())
