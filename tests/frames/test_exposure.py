"""The bound on the exposure, in a model of the camera's automatic."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fake_picamera2 import SENSORS, Rig, _Exposure
from hypothesis import given
from hypothesis import strategies as st

from device.frames.exposure import OVER, SETTLE_PICTURES, ExposureCap

CAP_US = 4000
SECOND = 30


class Camera:
    """Cap and automatic together.

    :ivar seen: exposure and gain of every picture.
    :ivar changes: how often the cap changed its ways.
    """

    def __init__(self, sensor: str, light_us: float) -> None:
        self.rig = Rig(light_us=light_us)
        self._sensor = SENSORS[sensor]
        self._automatic = _Exposure(self.rig, self._sensor)
        self._cap = ExposureCap(CAP_US, self._sensor.gains[0])
        self.seen: list[tuple[float, float]] = []
        self.changes = 0
        self._set(self._cap.controls())

    def _set(self, controls: dict[str, int]) -> None:
        self._automatic.fixed_us = controls["ExposureTime"]
        self._automatic.profile = controls["AeExposureMode"]

    def run(self, pictures: int) -> None:
        for _ in range(pictures):
            time_us, gain = self._automatic.step()
            self.seen.append((time_us, gain))
            change = self._cap.step(time_us, gain)
            if change is not None:
                self.changes += 1
                self._set(change)


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("light_us", [200, 1500, 3900, 4000, 4100, 8000, 40000, 1_000_000])
def test_light_decides_between_exposure_and_gain(sensor: str, light_us: float) -> None:
    """In bright light the exposure shrinks; in dim light it stays at the bound and the gain grows."""
    camera = Camera(sensor, light_us)
    camera.run(5 * SECOND)
    time_us, gain = camera.seen[-1]
    assert time_us <= CAP_US * OVER
    within = min(light_us, CAP_US * min(SENSORS[sensor].gains[1], 12.0))
    assert time_us * gain == pytest.approx(within, rel=0.15)
    assert camera.changes <= 2


@given(st.lists(st.floats(100, 500_000), min_size=1, max_size=4), st.sampled_from(sorted(SENSORS)))
def test_changing_light_is_followed(lights_us: list[float], sensor: str) -> None:
    """After any change of the light, exposures beyond the bound end within a second and a half."""
    camera = Camera(sensor, lights_us[0])
    for light_us in lights_us:
        camera.rig.light_us = light_us
        camera.run(3 * SECOND)
        late = camera.seen[-3 * SECOND // 2 :]
        assert max(time_us for time_us, _ in late) <= CAP_US * OVER


def test_the_first_pictures_are_within_the_bound_already() -> None:
    """Nothing blurs while the automatics find their way."""
    camera = Camera("imx219", 100_000)
    camera.run(2)
    camera.seen.clear()  # as the sensor was when it was switched on
    camera.run(SECOND)
    assert max(time_us for time_us, _ in camera.seen[2:]) <= CAP_US


def test_it_changes_its_ways_seldom() -> None:
    """Whatever is measured, there is half a second between two changes."""
    cap = ExposureCap(CAP_US, 1.0)
    changes = [number for number in range(200) if cap.step(9000 if number % 2 else 100, 1.0)]
    assert all(later - earlier > SETTLE_PICTURES for earlier, later in pairwise(changes))
    assert changes
