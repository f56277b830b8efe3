"""The installer, as far as it goes without changing the machine; ``scripts/test-service`` lets it do its work."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALL = ROOT / "scripts/install"
TOOLS = ("bash", "env", "dirname", "cat", "sed", "grep", "find", "sort", "xargs", "sha256sum", "cut", "readlink")


class Machine:
    """A PATH on which Debian's tools are stand-ins."""

    def __init__(self, folder):
        self.bin = folder / "bin"
        self.bin.mkdir()
        for name in TOOLS:
            (self.bin / name).symlink_to(shutil.which(name))
        # The interpreter itself: what is called python3 may be a script that needs more tools than there are here.
        self.program("python3", f'exec {os.path.realpath(sys.executable)} "$@"')
        self.program("id", 'case "$1" in -u) echo 1000 ;; *) echo somebody ;; esac')
        self.program("dpkg", "echo arm64")
        self.program("getent", 'case "$2" in video | audio) exit 0 ;; *) exit 2 ;; esac')
        for name in ("apt-get", "systemctl", "loginctl"):
            self.program(name, "exit 1")
        self.program("dpkg-query", "exit 1")

    def program(self, name, text):
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(f"#!/bin/bash\n{text}\n")
        (self.bin / name).chmod(0o755)

    def install(self, *options, script=INSTALL, **environment):
        """Run the script; its exit status, and what it said."""
        done = subprocess.run(
            [script, *options],
            env={"PATH": str(self.bin), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def machine(tmp_path):
    if Path("/opt/form-coach").exists() or Path("/etc/form-coach").exists():
        pytest.skip("Form Coach is installed here, so that there is less to be done")
    return Machine(tmp_path)


def test_a_dry_run_tells_everything(machine):
    """An ordinary user is told each package, file and command, in the order they come."""
    status, said = machine.install("--dry-run")
    assert status == 0, said
    steps = ["libespeak-ng1", "useradd", "video", "audio", "-m venv", "-m pip", "settings.toml", "/usr/local/bin",
             "/opt/form-coach/current", "form-coach.service", "enable", "restart"]  # fmt: skip
    places = [said.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places), list(zip(steps, places, strict=True))
    assert "gpio" not in said.replace("lgpio", ""), "a group that this system does not have"


def test_a_pi_gets_its_own_libraries(machine):
    """On a Raspberry Pi camera and GPIO come from Debian packages, which the .venv has to see."""
    machine.program("grep", f'case "$*" in *devicetree*) exit 0 ;; esac; exec {shutil.which("grep")} "$@"')
    status, said = machine.install("--dry-run")
    assert status == 0, said
    (packages,) = (line for line in said.splitlines() if "apt-get" in line)
    assert {"python3-picamera2", "python3-lgpio"} <= set(packages.split())
    assert "-m venv --system-site-packages" in said


def test_a_dry_run_changes_nothing(machine, tmp_path):
    """Whoever only asks finds nothing written afterwards, not even a temporary file."""
    (tmp_path / "tmp").mkdir()
    machine.install("--dry-run", TMPDIR=str(tmp_path / "tmp"))
    assert not any((tmp_path / "tmp").iterdir())
    assert not Path("/opt/form-coach").exists()
    assert not Path("/etc/form-coach").exists()


def test_pipewire_is_told_as_well(machine):
    """The second kind of audio brings its packages, lingering and a drop-in."""
    status, said = machine.install("--dry-run", "--audio", "pipewire", "--user", "pat")
    assert status == 0, said
    assert "pipewire-alsa" in said
    assert "loginctl enable-linger pat" in said
    assert "form-coach.service.d/audio.conf" in said


def test_without_root_one_line_says_what_to_type(machine):
    """An ordinary user is told what to type; nothing is begun."""
    assert machine.install() == (1, "install: it needs root: sudo ./scripts/install\n")
    assert machine.install("--uninstall") == (1, "install: it needs root: sudo ./scripts/install\n")


def test_32_bit_systems_are_refused(machine):
    """A 32-bit system, for which there is no model runtime, is named with the remedy; its kernel does not matter."""
    machine.program("dpkg", "echo armhf")
    status, said = machine.install("--dry-run")
    assert status == 1
    assert "armhf" in said
    assert "Raspberry Pi OS (64-bit)" in said
    assert len(said.splitlines()) == 1


def test_an_old_python_is_refused(machine):
    """A Python that is too old is told with its version."""
    machine.program("python3", '[ "$1" = -V ] && echo "Python 3.9.2" || exit 1')
    status, said = machine.install("--dry-run")
    assert status == 1
    assert "3.11 or newer is needed, this is Python 3.9.2" in said


def test_other_systems_are_refused(machine):
    """Where there is no apt-get the installer is of no use, and says so."""
    (machine.bin / "apt-get").unlink()
    status, said = machine.install("--dry-run")
    assert status == 1
    assert "no apt-get" in said


def test_half_a_copy_is_refused(machine, tmp_path):
    """A folder that lacks a part of the product is not installed from."""
    (tmp_path / "half/scripts").mkdir(parents=True)
    script = Path(shutil.copy(INSTALL, tmp_path / "half/scripts/install"))
    status, said = machine.install("--dry-run", script=script)
    assert status == 1
    assert "there is no device" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--unistall"], "there are: --dry-run, --uninstall, --purge, --audio, --user"),
        (["--audio"], "--audio needs a value"),
        (["--audio", "oss"], "there are: alsa, pipewire"),
        (["--purge"], "--purge goes with --uninstall"),
        (["--user", "pat"], "--user goes with --audio pipewire"),
        (["--uninstall", "--audio", "alsa"], "--audio does not go with --uninstall"),
    ],
)
def test_wrong_options_are_named(machine, options, says):
    """A typing error costs nothing and says what there is."""
    status, said = machine.install(*options)
    assert status == 2
    assert says in said


def test_root_has_no_pipewire(machine):
    """Called by root without a name, or with root's, it asks whose sound to take."""
    status, said = machine.install("--dry-run", "--audio", "pipewire")
    assert (status, said) == (1, "install: whose PipeWire?  --user NAME\n")
    machine.program("id", "echo 0")
    status, said = machine.install("--dry-run", "--audio", "pipewire", "--user", "root")
    assert status == 1
    assert "root has no PipeWire" in said


def test_all_options_are_in_the_help(machine):
    """``--help`` tells every option."""
    status, said = machine.install("--help")
    assert status == 0
    for option in ("--dry-run", "--uninstall", "--purge", "--audio", "--user"):
        assert option in said


def test_what_is_installed_holds_what_the_coach_needs():
    """Every file that the package reads at run time is part of a release."""
    text = INSTALL.read_text()
    (parts,) = (line for line in text.splitlines() if line.startswith("parts=("))
    for part in ("device", "models", "systemd", "pyproject.toml", "README.md", "LICENSE"):
        assert f"{part} " in parts.replace("(", " ").replace(")", " ")


def test_it_is_sound():
    """The script can be run, and shellcheck finds nothing."""
    assert os.access(INSTALL, os.X_OK)
    assert subprocess.run(["bash", "-n", INSTALL], check=False).returncode == 0
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    done = subprocess.run(["shellcheck", INSTALL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
