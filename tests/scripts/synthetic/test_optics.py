"""What the camera makes of the light."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic.description import Light, Sensor
from synthetic.optics import Optics, frame_times

SMALL = {"width_px": 160, "height_px": 120}


def flat(level: int) -> np.ndarray:
    """A picture of one grey."""
    return np.full((120, 160, 3), level, np.uint8)


def taken(
    picture: np.ndarray, light: Light | None = None, t_s: float = 0.0, seed: int = 1, **sensor: float
) -> np.ndarray:
    """What the camera gives of a picture that stands still."""
    return Optics(Sensor(**SMALL, **sensor), light or Light(), seed).picture(t_s, [picture])  # type: ignore[arg-type]


class TestPicture:
    def test_plain_camera_changes_nothing(self) -> None:
        """Without noise, flicker and tint every level comes through as it is."""
        levels = np.arange(160 * 120 * 3, dtype=np.uint8).reshape(120, 160, 3)
        assert (taken(levels) == levels).all()

    @given(st.integers(0, 255), st.integers(0, 255))
    def test_moments_add_up_in_light(self, a: int, b: int) -> None:
        """Two moments average as light does: brighter than the mean of what is shown, darker than the brighter."""
        optics = Optics(Sensor(**SMALL, exposure_s=0.01), Light(), 1)
        seen = int(optics.picture(0.0, [flat(a), flat(b)])[0, 0, 0])
        assert (a + b) / 2 - 1 <= seen <= max(a, b)

    @pytest.mark.parametrize("spread", [0.02, 0.05, 0.15])
    def test_noise_has_the_asked_spread(self, spread: float) -> None:
        """At middle grey the pixels' spread is the one asked for, of full scale, and their mean stays."""
        picture = taken(flat(128), noise=spread).astype(float)
        assert picture.std() == pytest.approx(255 * spread, rel=0.05)
        assert picture.mean() == pytest.approx(128, abs=1)

    def test_noise_is_stronger_in_the_dark(self) -> None:
        """A dark grey is noisier than a light one."""
        assert taken(flat(60), noise=0.03).std() > 1.3 * taken(flat(200), noise=0.03).std()

    def test_same_seed_same_picture(self) -> None:
        """Seed and time say all about the noise; another seed or time gives another."""
        first = taken(flat(128), noise=0.05)
        assert (first == taken(flat(128), noise=0.05)).all()
        assert (first != taken(flat(128), noise=0.05, seed=2)).any()
        assert (first != taken(flat(128), noise=0.05, t_s=0.05)).any()

    @pytest.mark.parametrize("fps", [10, 20, 25, 30, 50])
    def test_flicker_varies_from_picture_to_picture(self, fps: int) -> None:
        """At any common rate the brightness beats by nearly the depth asked for, within a few seconds."""
        optics = Optics(Sensor(**SMALL, fps=fps), Light(flicker=0.4), 3)
        middles = [optics.brightness(k / fps)[60] for k in range(5 * fps)]
        assert min(middles) < 0.65
        assert max(middles) > 0.95

    def test_flicker_darkens(self) -> None:
        """Flicker takes light away and never adds any."""
        light = Light(flicker=0.5)
        seen = [taken(flat(200), light, k / 20).mean() for k in range(40)]
        assert max(seen) <= 200
        assert min(seen) < 170

    def test_warmth(self) -> None:
        """Lamp light is redder than blue, cold light the other way round, and both are about as bright."""
        for warmth in (-1.0, 1.0):
            red, green, blue = taken(flat(128), Light(warmth=warmth))[0, 0].astype(float)
            assert np.sign(red - blue) == warmth
            assert green == pytest.approx(128, abs=15)

    def test_bright_background_veils_the_dark(self) -> None:
        """Back-lit, light from a bright window strays over what is dark, most close to it."""
        picture = flat(30)
        picture[:, 100:] = 255
        seen = taken(picture, Light(backlit=1.0))[60, :, 1].astype(int)
        assert seen[0] > 30
        assert seen[95] > seen[50] > 30


class TestMoments:
    def test_no_exposure_is_one_moment(self) -> None:
        """An infinitely short exposure sees one moment: that of the picture."""
        assert Optics(Sensor(), Light(), 1).moments(2.0) == [2.0]

    @given(st.floats(0.0005, 0.05))
    def test_moments_fill_the_exposure(self, exposure_s: float) -> None:
        """The moments are 2 to 5, evenly spread, and the picture's time is their middle."""
        times = Optics(Sensor(exposure_s=exposure_s), Light(), 1).moments(2.0)
        assert 2 <= len(times) <= 5
        assert np.diff(times) == pytest.approx(exposure_s / len(times))
        assert np.mean(times) == pytest.approx(2.0)

    def test_never_before_the_beginning(self) -> None:
        """The first picture's exposure does not begin before the clip."""
        assert min(Optics(Sensor(exposure_s=0.05), Light(), 1).moments(0.0)) == 0.0


class TestFrameTimes:
    def test_all_survive(self) -> None:
        """Nothing is lost unless asked for."""
        assert frame_times(2.0, Sensor(fps=20), 1) == pytest.approx(np.arange(40) / 20)

    @given(st.integers(0, 1000))
    def test_first_survives(self, seed: int) -> None:
        """The first picture is always there, and the others keep their times."""
        times = frame_times(1.0, Sensor(fps=30, dropped=0.5), seed)
        assert times[0] == 0.0
        assert set(times) <= {k / 30 for k in range(30)}

    def test_dropped_share(self) -> None:
        """Over a long clip the asked share of the pictures is lost."""
        times = frame_times(300.0, Sensor(fps=20, dropped=0.3), 5)
        assert len(times) / 6000 == pytest.approx(0.7, abs=0.02)

    def test_same_seed_same_losses(self) -> None:
        """The same seed loses the same pictures, another seed others."""
        sensor = Sensor(dropped=0.3)
        assert frame_times(10.0, sensor, 1) == frame_times(10.0, sensor, 1) != frame_times(10.0, sensor, 2)
