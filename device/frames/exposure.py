"""A bound on the exposure time of the Pi's camera, whose own automatic knows none."""

from __future__ import annotations

SETTLE_PICTURES = 15
"""Pictures after a change before the next: the sensor lags by some pictures, and the gain finds its place in about ten
(libcamera's tuning files: a sixth of the way with each)."""

AT_LEAST = 1.02
"""Gains up to this much above the least are the least: sensors know only some."""

OVER = 1.1
"""An exposure this much beyond the bound is one too long.  Were it 1, light that asks for just the bound would have the
camera change its ways twice a second."""

SHORT, LONG = 1, 2
"""libcamera's ``AeExposureMode``.  Short begins with the shortest exposures, long ends with the highest gains."""


class ExposureCap:
    """Says when to hold the exposure at its bound, and when to leave it to the camera.

    While the exposure is held, the camera's automatic still sets the gain.  When even the least gain is too much, the
    light is bright: the automatic gets the exposure, too, until it wants one beyond the bound again.

    :param cap_us: the longest exposure, in microseconds.
    :param min_gain: the sensor's least analogue gain.
    """

    def __init__(self, cap_us: int, min_gain: float) -> None:
        self._cap_us = cap_us
        self._min_gain = min_gain
        self._held = True
        self._settling = SETTLE_PICTURES

    def controls(self) -> dict[str, int]:
        """Controls for the camera as of now; an ``ExposureTime`` of 0 leaves it to the camera."""
        if self._held:
            return {"ExposureTime": self._cap_us, "AeExposureMode": LONG}
        return {"ExposureTime": 0, "AeExposureMode": SHORT}

    def step(self, exposure_us: float, gain: float) -> dict[str, int] | None:
        """Look at how a picture was taken, and return the controls to set, or None to leave all as it is.

        :param exposure_us: its exposure.
        :param gain: its analogue gain.
        """
        if self._settling:
            self._settling -= 1
            return None
        too_bright = gain <= self._min_gain * AT_LEAST
        too_long = exposure_us > self._cap_us * OVER
        if not (too_bright if self._held else too_long):
            return None
        self._held = not self._held
        self._settling = SETTLE_PICTURES
        return self.controls()
