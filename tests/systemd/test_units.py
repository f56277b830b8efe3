"""The units: what the service promises is what systemd is told."""

import os
import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from device import folders
from device.cli import INTERRUPTED, main

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "systemd"
SERVICE = (UNITS / "form-coach.service").read_text()
INSTALLED = "/opt/form-coach/current/.venv/bin/form-coach"


def unit(name):
    """A unit's sections; keys that are given several times keep their last value."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters="=", comment_prefixes="#")
    parser.optionxform = str
    parser.read(UNITS / name)
    return parser


def test_it_is_always_running():
    """It starts with the computer, is started again within seconds whatever ended it, and nobody ever gives up."""
    service = unit("form-coach.service")
    assert service["Install"]["WantedBy"] == "multi-user.target"
    assert service["Service"]["Restart"] == "always"
    assert float(service["Service"]["RestartSec"]) <= 3
    assert service["Unit"]["StartLimitIntervalSec"] == "0"


def test_it_is_watched():
    """A coach that hangs is found out, and one that does not stop is ended."""
    service = unit("form-coach.service")["Service"]
    assert (service["Type"], service["NotifyAccess"]) == ("notify", "main")
    assert 10 <= float(service["WatchdogSec"]) <= 30
    assert 3 < float(service["TimeoutStopSec"]) <= 10


def test_a_stop_while_loading_is_no_failure():
    """Ended before it listens to signals itself, it leaves as any command does; systemd is not to call that failed."""
    assert unit("form-coach.service")["Service"]["SuccessExitStatus"] == str(INTERRUPTED)


def test_what_libraries_read_stays_visible():
    """GPIO libraries find the kind of computer under /proc, and the model's runtime its processors."""
    assert "ProcSubset=" not in SERVICE


def test_it_is_exposed_little():
    """By systemd's own measure its exposure is at most 2.0."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", UNITS / "form-coach.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level.*: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip(f"systemd-analyze cannot judge files here: {done.stderr.strip()}")
    assert float(found[1]) <= 2.0


def test_systemd_understands_every_line(tmp_path):
    """No line is unknown to systemd, or wrong."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    units = [file for file in UNITS.iterdir() if file.suffix != ".conf"]
    for file in units:
        text = file.read_text().replace(INSTALLED, "/bin/true")  # which is not installed here
        (tmp_path / file.name).write_text(text.replace("User=form-coach\nGroup=form-coach\n", ""))
    drop_in = tmp_path / "form-coach.service.d/mqtt.conf"
    drop_in.parent.mkdir()
    drop_in.write_text((UNITS / "form-coach-mqtt.conf").read_text())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(str(tmp_path / file.name) for file in units)],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "form-coach" in line]
    assert complaints == []


def test_it_calls_a_command_that_there_is(capsys):
    """What the unit calls is a command of form-coach, found where the installer puts it."""
    (called,) = re.findall(r"^ExecStart=(.*)$", SERVICE, re.MULTILINE)
    program, command, options = called.split()
    assert (program, options) == (INSTALLED, "$FORM_COACH_OPTIONS")
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert "--loop" in capsys.readouterr().out


def test_the_folders_are_those_that_the_coach_asks():
    """The folders that systemd makes are where the commands look for the service."""
    service = unit("form-coach.service")["Service"]
    assert Path("/run", service["RuntimeDirectory"]) == folders.SERVICE_RUNTIME
    assert service["WorkingDirectory"] == str(folders.SERVICE_RUNTIME)
    assert "FORM_COACH_CONFIG=/etc/form-coach/settings.toml" in SERVICE


def test_the_wish_to_switch_off_is_heard():
    """The file that the button's wish leaves is the one that is waited for, and is gone before the next start."""
    wish = unit("form-coach-poweroff.path")["Path"]["PathExists"]
    assert Path(wish).parent == folders.SERVICE_RUNTIME
    assert f'"{Path(wish).name}"' in (ROOT / "device/live/service.py").read_text()
    switch = (UNITS / "form-coach-poweroff.service").read_text()
    assert switch.index(f"rm -f {wish}") < switch.index("poweroff\n", switch.index(f"rm -f {wish}") + len(wish) + 10)


def test_no_group_keeps_it_from_starting():
    """A system without GPIO has no group for it; a unit that names it would not start there."""
    assert "SupplementaryGroups=" not in SERVICE


def test_units_and_installer_agree():
    """The installer knows every unit file."""
    (known,) = re.findall(r"^unit_files=\((.*)\)$", (ROOT / "scripts/install").read_text(), re.MULTILINE)
    assert sorted(known.split()) == sorted(file.name for file in UNITS.iterdir() if file.suffix != ".conf")
