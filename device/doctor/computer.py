"""The computer itself: clock, temperature, power and memory."""

from __future__ import annotations

import time
from pathlib import Path

from device.doctor import Result, bad, none, ok, warn
from device.doctor.machine import ask, is_pi, read_text

EARLIEST_YEAR = 2025
"""A clock before this was never set."""

WARM_C, HOT_C = 75.0, 82.0
"""A Raspberry Pi slows down from 80 °C on, more so at 85 (raspberrypi.com, "Frequency management and thermal control");
we warn before."""

OTHERS_WARM_C, OTHERS_HOT_C = 90.0, 100.0
"""The processors of PCs bear more (chosen by us)."""

LITTLE_MB, TOO_LITTLE_MB = 200, 60
"""The coach takes 110 MB (measured on x86-64).  Chosen by us."""

_NOW = {
    0: "the voltage is too low",
    1: "the processor is held back",
    2: "it is throttled",
    3: "it is near its limit of heat",
}
_BEFORE = {
    16: "the voltage was too low",
    17: "the processor was held back",
    18: "it was throttled",
    19: "it was too hot",
}
"""Bits of the firmware's throttled word: now, and since power-on (raspberrypi.com, "vcgencmd")."""

_POWER_REMEDY = "use the power supply made for this Raspberry Pi and its own cable; unplug what draws power from it"
_COOL_REMEDY = "give it air: a heat sink or a fan, out of the sun, off the treadmill's motor"


def clock() -> Result:
    """Whether time goes on, and whether the date is known."""
    before_s = time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME)
    time.sleep(0.02)
    after_s = time.monotonic(), time.clock_gettime(time.CLOCK_BOOTTIME)
    if not (after_s[0] > before_s[0] and after_s[1] > before_s[1]):
        return bad("the clock stands still", "restart the computer")
    date = time.strftime("%Y-%m-%d %H:%M")
    late = "coaching does not need the date, but runs are kept under it"
    if int(time.strftime("%Y")) < EARLIEST_YEAR:
        return warn(
            f"the date is not set: {date}; {late}", "connect it to a network, or: sudo date -s '2030-01-31 12:00'"
        )
    answer = (ask("timedatectl", "show", "-p", "NTPSynchronized", "--value") or "").strip()
    if answer == "no":
        return warn(f"{date}, not set by a network; {late}", "connect it to a network for a minute, or ignore this")
    return ok(f"{date}, set by the network" if answer == "yes" else date)


def temperature(root: Path = Path("/")) -> Result:
    """The hottest of the kernel's thermometers."""
    found = []
    for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*")):
        try:
            celsius = int(read_text(zone / "temp")) / 1000
        except ValueError:
            continue
        if -40 < celsius < 150:  # a sensor that is not connected tells nonsense
            found.append((celsius, read_text(zone / "type").strip() or zone.name))
    if not found:
        return none("this computer tells no temperature")
    celsius, name = max(found)
    told = f"{celsius:.0f} °C ({name})"
    warm_c, hot_c = (WARM_C, HOT_C) if is_pi(root) else (OTHERS_WARM_C, OTHERS_HOT_C)
    if celsius >= hot_c:
        return bad(f"{told}: too hot, the processor slows down", _COOL_REMEDY)
    if celsius >= warm_c:
        return warn(f"{told}: nearly too hot", _COOL_REMEDY)
    return ok(told)


def power(root: Path = Path("/")) -> Result:
    """What a Raspberry Pi's firmware says of its power supply."""
    flags = throttled(root)
    if flags is None:
        where = "the firmware does not tell" if is_pi(root) else "this is no Raspberry Pi, and does not tell"
        return none(where)
    now = [text for bit, text in _NOW.items() if flags >> bit & 1]
    before = [text for bit, text in _BEFORE.items() if flags >> bit & 1]
    told = f"{', '.join(now or before)} (0x{flags:x})"
    if flags & 1:
        return bad(f"{told}: the computer may crash", _POWER_REMEDY)
    if now or before:
        voltage = flags >> 16 & 1
        since = "" if now else "since it was switched on, "
        return warn(f"{since}{told}", _POWER_REMEDY if voltage else _COOL_REMEDY)
    return ok("the voltage is and was high enough; nothing held back")


def throttled(root: Path = Path("/")) -> int | None:
    """The firmware's throttled word; None where there is none.

    ``vcgencmd`` first: the kernel's own file for it is deprecated, and reading it leaves a stack trace in the kernel's
    log.  The kernel's voltage alarm, which every user may read, tells of one bit only.
    """
    for text in (ask("vcgencmd", "get_throttled") or "", *_kernels_word(root)):
        try:
            return int(text.strip().removeprefix("throttled="), 16)
        except ValueError:
            continue
    return None


def _kernels_word(root: Path) -> list[str]:
    for sensor in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if read_text(sensor / "name").strip() == "rpi_volt":
            alarm = read_text(sensor / "in0_lcrit_alarm").strip()
            return [{"0": "0x0", "1": "0x10001"}.get(alarm, "")]
    return [read_text(path) for path in (root / "sys/devices/platform").glob("soc*/soc*:firmware/get_throttled")]


def memory(root: Path = Path("/")) -> Result:
    """How much memory is left for programs."""
    sizes = {}
    for line in read_text(root / "proc/meminfo").splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if words and words[0].isdigit():
            sizes[name] = int(words[0]) * 1024 / 1e6
    free_mb, whole_mb = sizes.get("MemAvailable"), sizes.get("MemTotal")
    if free_mb is None or whole_mb is None:
        return none("this computer does not tell")
    told = f"{free_mb:.0f} of {whole_mb:.0f} MB free"
    if free_mb < TOO_LITTLE_MB:
        return bad(told, "end other programs; a Raspberry Pi with 1 GB needs its system without a desktop")
    if free_mb < LITTLE_MB:
        return warn(told, "end other programs")
    return ok(told)
