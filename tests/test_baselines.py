"""Baselines in a file, from one run to the next."""

from __future__ import annotations

import json
import math
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from stickman import Stickman, poses

from device import baselines
from device.baselines import BaselineOutput, Kept, load, save, with_newest
from device.outputs import to_json
from device.pipeline import Coach
from device.records import Baseline, Event, Moment, Pose, Posture
from device.settings import Settings


@cache
def learned(azimuth_deg: float = 45.0) -> Baseline:
    """What the coach learns from a runner of sticks."""
    coach = Coach(Settings())
    for pose in poses(lambda t_s: Stickman(azimuth_deg=azimuth_deg), 20, noise_px=1.0):
        baseline = coach.step(pose).posture.baseline
    assert baseline is not None
    return baseline


def moment(baseline: Baseline | None, *kinds: str) -> Moment:
    """A moment with that baseline in use, at which such things happened."""
    posture = Posture(1.0, "running", baseline=baseline)
    return Moment(Pose(1.0, None, 640, 480), posture, (), None, tuple(Event(1.0, kind, {}) for kind in kinds))


def kept_after(path: Path, *moments: Moment) -> tuple[Baseline, ...]:
    """What the file holds after a run of such moments."""
    output = BaselineOutput(path, load(path))
    for one in moments:
        output.add(None, one)
    output.close()
    output.close()
    return load(path).baselines


def spoiled(path: Path, **changes: Any) -> Path:
    """A file with one good baseline and one that has such values; ... leaves a value out."""
    save(path, (learned(90.0), learned()))
    held = json.loads(path.read_text())
    held["baselines"][0] = {name: value for name, value in (held["baselines"][0] | changes).items() if value is not ...}
    path.write_text(json.dumps(held))
    return path


def test_what_was_written_is_read_to_the_last_bit(tmp_path: Path) -> None:
    """A baseline comes back as it was, marks that were not seen and swings included."""
    nan = math.nan
    full = learned()
    gaps = full._replace(means=(nan, *full.means[1:]), swings=(complex(nan, nan), complex(1.5, -0.1), *full.swings[2:]))
    save(tmp_path / "me.json", (full, gaps))
    kept = load(tmp_path / "me.json")
    assert kept.trouble is None
    assert kept.baselines[0] == full
    assert repr(kept.baselines[1]) == repr(gaps)  # NaN is not equal to itself


def test_a_kept_baseline_coaches_like_the_first_run(tmp_path: Path) -> None:
    """Read back from a file it gives the same events as the one that was learned, byte for byte."""
    save(tmp_path / "me.json", (learned(),))

    def events(known: tuple[Baseline, ...]) -> list[str]:
        coach = Coach(Settings(), known)
        run = poses(lambda t_s: Stickman(lean_deg=4 if t_s < 15 else 17), 30, noise_px=1.0, seed=1)
        return [to_json(event) for pose in run for event in coach.step(pose).events]

    first = events((learned(),))
    assert any("baseline_recalled" in event for event in first)
    assert events(load(tmp_path / "me.json").baselines) == first


def test_no_file_yet_is_no_trouble(tmp_path: Path) -> None:
    """The first run begins without a baseline, also with an empty file."""
    (tmp_path / "empty.json").touch()
    assert load(tmp_path / "none.json") == load(tmp_path / "empty.json") == Kept((), None, ours=True)


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b"\x00\xff\xfe",
        b"[]",
        b'{"version": 1, "baselines": []}',
        b'{"format": "form-coach baselines", "version": 1, "baselines": {}}',
        b'{"format": "form-coach baselines", "version": 1, "baselines": [',
        b'{"format": "form-coach baselines", "version": 2, "baselines": []}',
        b"[" * 100_000,
        b" " * 2_000_000,
    ],
)
def test_a_foreign_or_damaged_file_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """What is no file of baselines gives one line that names it, no baseline, and is never written over."""
    path = tmp_path / "holiday.mp4"
    path.write_bytes(content)
    kept = load(path)
    assert kept.baselines == ()
    assert kept.trouble is not None
    assert kept.trouble.startswith(f"{path}: ")
    assert "\n" not in kept.trouble
    assert kept_after(path, moment(learned())) == ()
    assert path.read_bytes() == content


def test_a_folder_is_named(tmp_path: Path) -> None:
    """What cannot be read gives a warning, too."""
    assert "cannot be read: is a directory" in str(load(tmp_path).trouble)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"lean_deg": ...}, "it has no lean_deg"),
        ({"lean_deg": None}, "lean_deg cannot be None"),
        ({"azimuth_deg": "45"}, "azimuth_deg cannot be '45'"),
        ({"twist_deg": True}, "twist_deg cannot be True"),
        ({"unit_px": 1e300}, "unit_px cannot be"),
        ({"unit_px": 10**400}, "unit_px cannot be"),
        ({"unit_px": math.nan}, "unit_px cannot be nan"),
        ({"unit_px": 0}, "unit_px must be above 0"),
        ({"strides": 2.5}, "strides is no whole number"),
        ({"view": "top"}, "view cannot be 'top'"),
        ({"view": 3}, "view is no text"),
        ({"means": [0.1]}, "means must hold 12 values"),
        ({"means": "............"}, "means must hold 12 values"),
        ({"swings": [1.0] * 8}, "swings must hold pairs"),
        ({"spread": [-1.0] * 6}, "spread must not be negative"),
        ({"spread": [None] * 6}, "spread must not be negative or unknown"),
    ],
)
def test_a_damaged_baseline_is_left_out_and_the_others_are_used(
    tmp_path: Path, changes: dict[str, Any], word: str
) -> None:
    """Which one is left out, and why, stands in the warning; the file may be written again."""
    kept = load(spoiled(tmp_path / "me.json", **changes))
    assert kept.baselines == (learned(),)
    assert "baseline 1 is left out" in str(kept.trouble)
    assert word in str(kept.trouble)
    assert kept.ours


def test_the_newest_comes_first_and_five_are_kept() -> None:
    """Of six places of the camera the one used longest ago is forgotten."""
    places = [learned()._replace(azimuth_deg=azimuth_deg) for azimuth_deg in (-80.0, -50.0, -15.0, 15.0, 50.0, 80.0)]
    held: tuple[Baseline, ...] = ()
    for place in places:
        held = with_newest(place, held)
    assert held == tuple(reversed(places[1:]))


def test_one_for_each_place_of_the_camera() -> None:
    """A new baseline replaces the old one from the same place; another side, view or distance is another place."""
    old = learned()
    assert with_newest(old._replace(azimuth_deg=old.azimuth_deg + 5), (old,))[1:] == ()
    for other in (
        old._replace(azimuth_deg=-old.azimuth_deg),
        old._replace(view="front", azimuth_deg=20.0),
        old._replace(unit_px=2 * old.unit_px),
    ):
        assert with_newest(other, (old,)) == (other, old)


def test_a_run_keeps_what_it_learned(tmp_path: Path) -> None:
    """All baselines of a run are in the file, the last one first; a run without any writes nothing."""
    path = tmp_path / "me.json"
    assert kept_after(path, moment(None)) == ()
    assert not path.exists()
    one, two = learned(), learned(90.0)
    assert kept_after(path, moment(None), moment(one), moment(one), moment(None), moment(two)) == (two, one)
    assert [file.name for file in tmp_path.iterdir()] == ["me.json"]


def test_what_was_used_last_comes_first(tmp_path: Path) -> None:
    """A baseline that was recalled moves to the front; if it was there already, the file is not touched."""
    path = tmp_path / "me.json"
    save(path, (learned(90.0), learned()))
    side, oblique = load(path).baselines
    assert kept_after(path, moment(oblique)) == (oblique, side)
    os.utime(path, (1, 1))
    assert kept_after(path, moment(oblique)) == (oblique, side)
    assert path.stat().st_mtime == 1


def test_the_file_is_one_runners(tmp_path: Path) -> None:
    """What is learned after somebody else stepped on does not replace the runner's own."""
    path = tmp_path / "me.json"
    mine, hers = learned(), learned()._replace(lean_deg=6.0)
    assert kept_after(path, moment(mine), moment(None, "runner_changed"), moment(hers)) == (mine,)


def test_a_failed_write_keeps_what_was_there(tmp_path: Path) -> None:
    """When the file cannot be replaced the old one stays whole, and no half one lies beside it."""
    path = tmp_path / "me.json"
    save(path, (learned(),))
    before = path.read_bytes()
    with pytest.raises(ValueError, match="JSON"):
        save(path, (learned()._replace(lean_deg=math.inf),))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["me.json"]


def test_the_file_names_its_format_and_version(tmp_path: Path) -> None:
    """Plain JSON, a line for each baseline, so that it can be looked into."""
    path = tmp_path / "me.json"
    save(path, (learned(), learned(90.0)))
    held = json.loads(path.read_text())
    assert (held["format"], held["version"]) == (baselines.FORMAT, baselines.VERSION)
    assert [one["view"] for one in held["baselines"]] == ["oblique", "side"]
    assert len(path.read_text().splitlines()) == 4
