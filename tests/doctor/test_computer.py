"""Temperature, power, memory and clock, from trees of files as the kernels of a Raspberry Pi and of a PC show them."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.doctor import computer, machine
from device.doctor.computer import clock, memory, power, temperature, throttled

PI = {"proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0"}


@pytest.fixture(autouse=True)
def _no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without vcgencmd and timedatectl; tests may put them there."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def tree(root: Path, files: dict[str, str]) -> Path:
    """A root folder with these files."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def program(folder: Path, name: str, script: str) -> None:
    """Put a program on the PATH."""
    (folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / name).chmod(0o755)


def test_the_board_names_itself(tmp_path: Path) -> None:
    """A Raspberry Pi is known by the name in its device tree; a PC has none."""
    assert machine.board(tree(tmp_path / "pi", PI)) == "Raspberry Pi 5 Model B Rev 1.0"
    assert machine.is_pi(tmp_path / "pi")
    assert not machine.is_pi(tmp_path)
    assert machine.board(tmp_path) == ""
    tree(tmp_path, {"etc/os-release": 'ID=debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'})
    assert machine.system(tmp_path) == "Debian GNU/Linux 12 (bookworm)"


class TestTemperature:
    def zones(self, root: Path, *temperatures: str) -> Path:
        for number, text in enumerate(temperatures):
            zone = f"sys/class/thermal/thermal_zone{number}"
            tree(root, {f"{zone}/temp": text, f"{zone}/type": f"zone-{number}\n"})
        return root

    @pytest.mark.parametrize(
        ("millidegrees", "state"), [("74900", "ok"), ("75000", "warn"), ("81900", "warn"), ("82000", "bad")]
    )
    def test_a_pi_that_gets_hot(self, tmp_path: Path, millidegrees: str, state: str) -> None:
        """Warned of from 75 °C, bad from 82 °C, with a remedy."""
        found = temperature(self.zones(tree(tmp_path, PI), f"{millidegrees}\n"))
        assert found.state == state
        assert bool(found.remedy) == (state != "ok")
        assert f"{int(millidegrees) / 1000:.0f} °C" in found.detail

    def test_the_hottest_counts_and_nonsense_does_not(self, tmp_path: Path) -> None:
        """Of several thermometers the hottest is told; one that is not connected, or cannot be read, is left out."""
        found = temperature(self.zones(tmp_path, "41000", "52000", "-273000", "655350", "x", ""))
        assert (found.state, found.detail) == ("ok", "52 °C (zone-1)")

    def test_a_pc_may_be_warmer(self, tmp_path: Path) -> None:
        """A laptop at 85 °C is as it should be."""
        assert temperature(self.zones(tmp_path, "85000")).state == "ok"

    def test_no_thermometer(self, tmp_path: Path) -> None:
        """Not applicable in a container."""
        assert temperature(tmp_path).state == "none"


class TestPower:
    def test_all_is_well(self, tmp_path: Path) -> None:
        """No flag set, from vcgencmd."""
        program(tmp_path, "vcgencmd", 'echo "throttled=0x0"')
        assert power(tmp_path).state == "ok"

    @pytest.mark.parametrize(
        ("flags", "state", "words"),
        [
            ("0x1", "bad", "the voltage is too low"),
            ("0x50005", "bad", "the voltage is too low, it is throttled (0x50005)"),
            ("0x10000", "warn", "since it was switched on, the voltage was too low"),
            ("0x8", "warn", "near its limit of heat"),
            ("0xe0000", "warn", "the processor was held back, it was throttled, it was too hot"),
        ],
    )
    def test_flags_are_told_in_words(self, tmp_path: Path, flags: str, state: str, words: str) -> None:
        """Too low a voltage now is bad, all else a warning; each has a remedy for power or for heat."""
        program(tmp_path, "vcgencmd", f'[ "$1" = get_throttled ] && echo "throttled={flags}"')
        found = power(tmp_path)
        assert found.state == state
        assert words in found.detail
        assert ("power supply" in found.remedy) == (int(flags, 16) & 0x10001 != 0)

    def test_the_kernels_alarm(self, tmp_path: Path) -> None:
        """Without vcgencmd the kernel's voltage alarm tells, whichever sensor it is."""
        tree(tmp_path, {"sys/class/hwmon/hwmon0/name": "cpu_thermal\n", "sys/class/hwmon/hwmon1/name": "rpi_volt\n"})
        tree(tmp_path, {"sys/class/hwmon/hwmon1/in0_lcrit_alarm": "0\n"})
        assert power(tmp_path).state == "ok"
        tree(tmp_path, {"sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n"})
        assert power(tmp_path).state == "bad"

    @pytest.mark.parametrize("soc", ["soc/soc:firmware", "soc@107c000000/soc@107c000000:firmware"])
    def test_the_kernels_old_word(self, tmp_path: Path, soc: str) -> None:
        """Where there is no such sensor either, the kernel's own file, which is hexadecimal without a prefix."""
        tree(tmp_path, {f"sys/devices/platform/{soc}/get_throttled": "50000\n"})
        assert throttled(tmp_path) == 0x50000
        assert power(tmp_path).state == "warn"

    def test_a_program_that_fails(self, tmp_path: Path) -> None:
        """vcgencmd without rights says nothing useful; then the next one is asked, and in the end nobody."""
        program(tmp_path, "vcgencmd", "echo VCHI initialization failed; exit 255")
        assert power(tmp_path).state == "none"
        assert "no Raspberry Pi" in power(tmp_path).detail
        assert "firmware" in power(tree(tmp_path, PI)).detail


class TestMemory:
    @pytest.mark.parametrize(("free_kb", "state"), [(400_000, "ok"), (150_000, "warn"), (40_000, "bad")])
    def test_little_memory(self, tmp_path: Path, free_kb: int, state: str) -> None:
        """What programs can still have is judged, not what happens to lie idle."""
        text = f"MemTotal:  948000 kB\nMemFree:  1000 kB\nMemAvailable: {free_kb} kB\nHugePages_Total: 0\n"
        found = memory(tree(tmp_path, {"proc/meminfo": text}))
        assert found.state == state
        assert f"{free_kb * 1.024e-3:.0f} of 971 MB free" in found.detail

    def test_this_machine(self) -> None:
        """The kernel's own file is understood."""
        assert " MB free" in memory().detail

    def test_not_told(self, tmp_path: Path) -> None:
        """Not applicable where the kernel does not tell."""
        assert memory(tree(tmp_path, {"proc/meminfo": "odd\n: \n"})).state == "none"


class TestClock:
    @pytest.mark.parametrize(
        ("answer", "state", "words"), [("yes", "ok", "set by the network"), ("no", "warn", "not set")]
    )
    def test_set_by_the_network_or_not(self, tmp_path: Path, answer: str, state: str, words: str) -> None:
        """A date that no network has set deserves a word."""
        program(tmp_path, "timedatectl", f'[ "$*" = "show -p NTPSynchronized --value" ] && echo {answer}')
        found = clock()
        assert found.state == state
        assert words in found.detail

    @pytest.mark.parametrize("script", ["exit 1", "echo System has not been booted with systemd >&2; exit 1"])
    def test_nobody_knows(self, tmp_path: Path, script: str) -> None:
        """Without systemd the date is taken as it is."""
        program(tmp_path, "timedatectl", script)
        assert clock().state == "ok"

    def test_a_date_long_past(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A computer without a battery wakes up in the past."""
        monkeypatch.setattr(computer, "EARLIEST_YEAR", 9999)
        found = clock()
        assert found.state == "warn"
        assert "date is not set" in found.detail


def test_a_program_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking other programs is bounded."""
    monkeypatch.setattr(machine, "ANSWER_S", 0.2)
    program(tmp_path, "hangs", "exec /bin/sleep 30")
    assert machine.ask("hangs") is None
    assert machine.ask("not-there") is None
