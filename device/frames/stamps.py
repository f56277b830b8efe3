"""Time stamps of camera drivers, on the clock that the rest of the program lives by."""

from __future__ import annotations

import time

NEAR_S = 1.0
"""A stamp further than this from now is on another clock (chosen by us: no camera holds a picture back for so long)."""


def monotonic_s(stamp_s: float | None) -> float:
    """When a picture was taken, on the clock of ``time.monotonic()``.

    Drivers stamp by that clock, by the one that goes on in suspend (libcamera's documentation says so, its drivers do
    not), or by the wall; a stamp by the wall is not used, because the wall's clock jumps.

    :param stamp_s: what the driver says; None when it says nothing.
    """
    now_s = time.monotonic()
    if stamp_s is None:
        return now_s
    suspended_s = time.clock_gettime(time.CLOCK_BOOTTIME) - now_s
    for t_s in (stamp_s, stamp_s - suspended_s):
        if abs(now_s - t_s) < NEAR_S:
            return min(t_s, now_s)
    return now_s
