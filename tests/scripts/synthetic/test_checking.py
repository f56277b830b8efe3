"""A description is read whole or refused with all reasons at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from synthetic import checking, matrix, template
from synthetic.clips import CLIPS
from synthetic.description import Activity, Build, Clip, FaultSpan, Runner, Scene, Sensor, Viewpoint
from synthetic.errors import DescriptionError

TWIST = FaultSpan("twist", 5.0, 12.0, 1.8)


def refused(**values: Any) -> list[str]:
    """The reasons that a description is refused with."""
    with pytest.raises(DescriptionError) as caught:
        checking.parse({"name": "x", **values})
    return caught.value.reasons


@pytest.mark.parametrize("clip", [*CLIPS.values(), *matrix.clips("dev", "short")], ids=lambda clip: clip.name)
def test_description_survives_json_and_toml(clip: Clip, tmp_path: Path) -> None:
    """What is written as JSON or TOML reads back as the very same clip."""
    assert checking.parse(json.loads(json.dumps(checking.plain(clip)))) == clip
    file = tmp_path / "clip.toml"
    file.write_text(template.show(clip), encoding="utf-8")
    assert checking.read(file) == clip


def test_all_reasons_are_said_at_once() -> None:
    """Unknown names, wrong types, wrong ranges and contradictions of all parts come in one refusal."""
    reasons = refused(
        foo=1,
        sensor={"fps": 5, "exposur_s": 1, "crf": "x"},
        runner={"build": {"height_m": 3}},
        faults=[{"kind": "lean_hip", "start_s": 3, "end_s": 2, "severity": 99}],
        activities=[{"kind": "walk", "start_s": 10, "end_s": 20}, {"kind": "away", "start_s": 15, "end_s": 20}],
    )
    for part in (
        "foo: unknown",
        "sensor.exposur_s: unknown; did you mean exposure_s?",
        "sensor.crf = 'x': must be a whole number",
        "sensor.fps = 5: must be 10 to 60",
        "runner.build.height_m = 3: must be 1.5 to 2",
        "'lean_hip' is unknown; did you mean lean_hips?",
        "faults[0]: end_s = 2 comes before",
        "activities[0]: walk and away at the same time",
    ):
        assert any(part in reason for reason in reasons), (part, reasons)


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        (Clip("a b"), "name"),
        (Clip("x", seed=-1), "seed"),
        (Clip("x", duration_s=0.0), "duration_s"),
        (Clip("x", runner=None, faults=(TWIST,)), "there is no runner"),
        (Clip("x", runner=None, activities=(Activity("walk", 1, 5),)), "there is no runner"),
        (Clip("x", faults=(replace(TWIST, start_s=40.0, end_s=50.0),)), "outside the clip"),
        (Clip("x", faults=(replace(TWIST, ramp_s=0.0),)), "ramp_s"),
        (Clip("x", faults=(replace(TWIST, severity=0.5),)), "must be 1 to 3 factor"),
        (Clip("x", faults=(TWIST, replace(TWIST, start_s=10.0, end_s=20.0))), "overlaps another twist"),
        (
            Clip("x", faults=(FaultSpan("lean_hips", 5, 9, 10), FaultSpan("lean_back", 6, 9, 10))),
            "undo each other",
        ),
        (
            Clip("x", faults=(FaultSpan("lean_hips", 5, 9, 25), FaultSpan("lean_thorax", 6, 9, 25))),
            "leans of 50 deg in sum",
        ),
        (Clip("x", faults=(TWIST,), activities=(Activity("walk", 8, 20),)), "faults are those of running"),
        (
            Clip("x", activities=(Activity("away", 8, 20, 2.0), Activity("drink", 10, 14))),
            "drink while away",
        ),
        (
            Clip("x", activities=(Activity("wipe", 8, 20), Activity("drink", 10, 14))),
            "can do only one",
        ),
        (Clip("x", activities=(Activity("away", 8, 20, 1.0),)), "stepping off takes 2 s at least"),
        (Clip("x", sensor=Sensor(width_px=321)), "must be even"),
        (Clip("x", sensor=Sensor(fps=30, exposure_s=0.05)), "longer than a frame"),
        (Clip("x", viewpoint=Viewpoint(azimuth_deg=120.0)), "viewpoint.azimuth_deg"),
        (Clip("x", scene=Scene(console="tall")), "scene.console"),
        (Clip("x", runner=Runner(Build(sex="woman"))), "runner.build.sex"),
    ],
)
def test_each_contradiction_is_named(clip: Clip, reason: str) -> None:
    """What cannot be rendered is refused with one reason that names the place."""
    (said,) = checking.problems(clip)
    assert reason in said


def test_good_clip_has_no_problems() -> None:
    """Two faults at once, and a gesture while walking, are fine."""
    both = (TWIST, FaultSpan("lean_hips", 6.0, 12.0, 10.0))
    assert checking.problems(Clip("x", faults=both)) == []
    activities = (Activity("walk", 5, 20), Activity("drink", 10, 14))
    assert checking.problems(Clip("x", activities=activities)) == []


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", b"[runner]\nbuild = 3\n"])
def test_broken_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is not TOML, or whose tables are not tables, is refused by its name."""
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    with pytest.raises(DescriptionError, match=r"broken\.toml"):
        checking.read(file)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there is refused by its name."""
    with pytest.raises(DescriptionError, match="no such file"):
        checking.read(tmp_path / "none.toml")
