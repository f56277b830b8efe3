"""The numbers that changes are read by: from runs whose posture is known, and never from clips of the test split."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from calibration.collecting import CLEAN, LEARNING, RAMP, Run, collect, refuse_test
from calibration.fitting import AZIMUTHS_DEG, Tables, fit
from calibration.telling import marks as marks_table
from calibration.validation import FOLDS, deal, lasts, measures, values
from calibration.writing import module, write
from conftest import ROOT
from scoring.errors import ScoreError
from scoring.truth import VIEWS, Truth
from stickman import HEIGHT_PX, WIDTH_PX, Stickman, poses
from synthetic.description import FaultSpan
from synthetic.matrix import SPLITS

from device.posture import PostureCore, signatures, tables
from device.posture.change import CHANGES, HEAD, LEAN, RAISED, ROUNDED, TWIST
from device.posture.marks import EAR_AHEAD, NOSE_AHEAD, TRUNK_AHEAD
from device.settings import Settings

SIZE = signatures.SIZE
FOLLOWS = 0.6
"""How far shoulders round for each step of the head forward, in the invented runs as in rendered ones."""

SHIPPED = Tables(signatures.SIGNATURES, signatures.SCATTER, signatures.FLUTTER)

FAULTS = {
    "lean_hips": (LEAN, 10.0),
    "shoulders_raised": (RAISED, 8.0),
    "shoulders_rounded": (HEAD, 8.0),
    "twist": (TWIST, 0.8),
}


def known() -> np.ndarray:
    """Signatures such as there might be; the head's are those of geometry."""
    made = np.random.default_rng(5).normal(0, 0.006, (3, SIZE, len(CHANGES)))
    made[:, :, TWIST] *= 10
    made[:, :, HEAD] = 0.0
    made[2, [EAR_AHEAD, NOSE_AHEAD], HEAD] = 0.01
    return made


def invented(shown: np.ndarray, noise: float = 0.002, clips: int = 3, strides: int = 30) -> list[Run]:
    """Runs whose marks move by known signatures, in all views, by both sources."""
    random = np.random.default_rng(1)
    made = []
    for source in ("model", "true"):
        for view, azimuth_deg in zip(VIEWS, AZIMUTHS_DEG, strict=True):
            for number in range(clips):
                at_deg = azimuth_deg + float(random.uniform(-6, 6))
                shows = [LEARNING, CLEAN, *(name for fault in FAULTS for name in (RAMP, fault, CLEAN))]
                changed = random.normal(0, 0.1, (len(shows), strides, len(CHANGES))) * signatures.PRIOR * 0.1
                for row, name in enumerate(shows):
                    if name in FAULTS:
                        part, size = FAULTS[name]
                        changed[row, :, part] += size * random.uniform(0.8, 1.2)
                changed[:, :, ROUNDED] = FOLLOWS * changed[:, :, HEAD]
                changed = changed.reshape(-1, len(CHANGES))
                with Tables(shown, SHIPPED.scatter, SHIPPED.flutter).in_force():
                    moved = changed @ signatures.signature(at_deg).T
                moved += random.normal(0, noise, moved.shape)
                made.append(
                    Run(f"{view}-{number}", source, view, abs(at_deg), np.repeat(shows, strides), moved, changed, [])
                )
    return made


def test_known_signatures_are_recovered() -> None:
    """Between the views as well, to 0.4 % of the trunk for a change of the size that is to be expected."""
    shown = known()
    found = fit(invented(shown))
    for azimuth_deg in range(0, 91, 15):
        with found.in_force():
            read = signatures.signature(azimuth_deg)
        with Tables(shown, SHIPPED.scatter, SHIPPED.flutter).in_force():
            true = signatures.signature(azimuth_deg)
        assert read * signatures.PRIOR == pytest.approx(true * signatures.PRIOR, abs=0.004), azimuth_deg


def test_scatter_and_flutter_are_what_signatures_leave_over() -> None:
    """In the model's poses alone, whatever share of the episodes are faults."""
    runs = invented(known(), noise=0.004, clips=6)
    for run in runs:
        if run.source == "true":
            run.moved[:] += np.random.default_rng(2).normal(0, 0.01, run.moved.shape)
    found = fit(runs)
    deviation = np.sqrt(np.diagonal(found.scatter, axis1=1, axis2=2))
    assert np.median(deviation) == pytest.approx(0.004, rel=0.15)
    assert deviation.max() < 0.006
    assert found.flutter == pytest.approx(0.004, rel=0.2)
    assert (np.linalg.eigvalsh(found.scatter) > 0).all()


def test_marks_that_are_not_seen_are_left_out() -> None:
    """A mark that is missing here and there, or from one whole run, reads as it does where it is seen."""
    shown = known()
    runs = invented(shown)
    runs[0].moved[:, 3] = np.nan
    runs[4].moved[::3, 7] = np.nan
    assert fit(runs).signatures[:, [3, 7]] == pytest.approx(shown[:, [3, 7]], abs=0.01)


def test_each_episode_weighs_the_same_however_long() -> None:
    """A clip in which a fault lasts ten times as long has no more say in the signatures."""
    once = invented(known(), noise=0.01)
    long = [
        Run(
            run.clip, run.source, run.view, run.azimuth_deg,
            np.tile(run.shows, 10), np.tile(run.moved, (10, 1)), np.tile(run.changed, (10, 1)), [],
        ) if run.clip == "side-0" else run
        for run in once
    ]  # fmt: skip
    assert fit(long).signatures == pytest.approx(fit(once).signatures, abs=1e-12)


def test_what_is_not_to_be_seen_is_told() -> None:
    """No side view, and nobody who leans: both are named."""
    runs = [run for run in invented(known()) if run.view != "side"]
    for run in runs:
        run.changed[:, LEAN] = 0.0
    with pytest.raises(ScoreError) as error:
        fit(runs)
    assert error.value.problems == ["side: no clip shows good running after its baseline", "lean_deg: no clip shows it"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """And they are a module that holds the numbers, with what it was made from, and leaves nothing else behind."""
    texts = [module(fit(invented(known())), ("2 clips,", "by hand")) for _ in range(2)]
    assert texts[0].encode() == texts[1].encode()
    path = tmp_path / "tables.py"
    write(texts[0], path)
    assert list(tmp_path.iterdir()) == [path]
    held: dict[str, tuple[int, ...]] = {}
    exec(path.read_text(), held)
    found = fit(invented(known()))
    assert "Made from 2 clips,\nby hand.\n" in path.read_text()
    assert max(map(len, path.read_text().splitlines())) <= 120
    assert held["AZIMUTHS_DEG"] == AZIMUTHS_DEG
    for name, array, unit in (("SIGNATURES", found.signatures, 1e-4), ("SCATTER", found.scatter, 1e-6)):
        assert np.array(held[name]).reshape(array.shape) * unit == pytest.approx(array, abs=0.51 * unit), name
    assert np.array(held["FLUTTER"]).reshape(found.flutter.shape) * 1e-4 == pytest.approx(found.flutter, abs=0.51e-4)


def test_the_shipped_tables_fit_the_marks() -> None:
    """The right sizes for the marks in use; scatter that changes can be read by; no mark that never flutters."""
    assert tables.AZIMUTHS_DEG == AZIMUTHS_DEG
    assert len(tables.SIGNATURES) == 3 * SIZE * len(CHANGES)
    assert len(tables.SCATTER) == 3 * SIZE * SIZE
    assert len(tables.FLUTTER) == 3 * SIZE
    for scatter in signatures.SCATTER:
        assert np.array_equal(scatter, scatter.T)
        assert np.linalg.eigvalsh(scatter)[0] > 0
    assert (signatures.FLUTTER > 0).all()


def test_the_shipped_tables_are_those_of_a_body() -> None:
    """From the side a lean of 10° takes shoulders ahead of hips by its sine, and shoulders raised by 8 % make the trunk
    longer and come nearer to the ears, by no more than that."""
    side = signatures.signature(90.0)
    assert 10 * side[TRUNK_AHEAD, LEAN] == pytest.approx(math.sin(math.radians(10.0)), rel=0.2)
    assert 0.03 < 8 * side[0, RAISED] < 0.09
    assert -0.09 < 8 * side[3, RAISED] < -0.03
    assert side[EAR_AHEAD, HEAD] == pytest.approx(0.01)


LEANS = FaultSpan("lean_hips", 20.0, 34.0, 10.0, 1.0)


def stick_truth(seconds: float = 36.0) -> Truth:
    """A clip of a stick man who leans by 10° more for a while, in the records' terms."""
    t_s = np.arange(0, seconds, 0.04)
    return Truth(
        "made", "side", {}, 25.0, WIDTH_PX, HEIGHT_PX, 1.75, False, (LEANS,), (), t_s, t_s > -1, {}, 1, np.empty(0)
    )  # fmt: skip


def leaning(t_s: float) -> float:
    return 4.0 + 10.0 * float(np.clip(min(t_s - 20.0, 35.0 - t_s), 0.0, 1.0))


def form(after_s: float, until_s: float) -> np.ndarray:
    t_s = np.arange(after_s, until_s, 0.04)
    return np.array([np.mean([leaning(one) for one in t_s]), 0.0, 0.0, 0.0, 26.0])


def stick_poses() -> list:
    return list(poses(lambda t_s: Stickman(lean_deg=leaning(t_s), azimuth_deg=84.0), 36.0, noise_px=0.5))


def test_a_run_holds_what_each_stride_shows_and_what_truly_changed() -> None:
    """Strides that a fault only partly shows in are none of its episode; changes are those since the baseline."""
    run = collect(stick_poses(), "true", stick_truth(), form)
    assert run is not None
    assert [name for name, _ in run.episodes()] == [CLEAN, "lean_hips"]
    assert run.azimuth_deg == pytest.approx(84.0, abs=8)
    there, clean = run.shows == "lean_hips", run.shows == CLEAN
    assert 14 <= there.sum() <= 18  # 34 s − 21 s, less two strides, at 85 strides a minute
    assert run.changed[there, LEAN] == pytest.approx(10.0, abs=0.01)
    assert run.changed[clean, LEAN] == pytest.approx(0.0, abs=0.01)
    assert run.changed[:, TWIST] == pytest.approx(0.0, abs=1e-9)
    shown = np.median(run.moved[there, TRUNK_AHEAD]) - np.median(run.moved[clean, TRUNK_AHEAD])
    assert shown == pytest.approx(math.sin(math.radians(14)) - math.sin(math.radians(4)), abs=0.02)


def test_the_face_is_measured_against_the_shoulders() -> None:
    """As the stick man is made, but for the shoulders, which turn and lie farther from the camera."""
    seen = list(poses(lambda t_s: Stickman(azimuth_deg=45.0), 36.0))
    run = collect(seen, "true", stick_truth(), form, camera_deg=45.0)
    assert run is not None
    assert run.face == pytest.approx(0.36, rel=0.2)


def test_a_clip_without_known_good_form_makes_no_run() -> None:
    """Where the truth knows nothing of the strides that the baseline is made of."""
    assert collect(stick_poses(), "true", stick_truth(), lambda after_s, until_s: np.full(5, np.nan)) is None


def test_validation_reads_as_the_product_does() -> None:
    """By the shipped tables a run is read to show what the product tells of the same poses, stride by stride."""
    run = collect(stick_poses(), "true", stick_truth(), form)
    assert run is not None
    core, told, last = PostureCore(Settings()), [], 0
    for pose in stick_poses():
        posture = core.step(pose)
        if posture.baseline is not None and posture.running and posture.stride != last:
            told.append((posture.raised_pct, posture.rounded_pct, posture.head_forward_pct))
        last = posture.stride
    read = values(run, SHIPPED)[-len(told) :, [RAISED, ROUNDED, HEAD]]
    both = np.isfinite(told).all(axis=1)
    both[:8] = False  # the product's mean of strides begins only with the baseline
    assert both.sum() > 10
    assert read[both] == pytest.approx(np.array(told)[both], abs=1e-9)


def test_tables_are_in_force_for_a_while_only() -> None:
    """The shipped ones are back afterwards, whatever happens."""
    others = Tables(known(), SHIPPED.scatter, SHIPPED.flutter)
    with others.in_force():
        assert signatures.SIGNATURES is others.signatures
    assert signatures.SIGNATURES is SHIPPED.signatures
    with pytest.raises(ScoreError), others.in_force():
        fit([])
    assert signatures.SIGNATURES is SHIPPED.signatures


def test_folds_are_dealt_evenly_within_each_view() -> None:
    """No fold lacks a view that has clips enough, and the lot is always the same, whatever order runs come in."""
    runs = invented(known(), clips=2 * FOLDS + 1, strides=1)
    dealt = deal(runs)
    for view in VIEWS:
        sizes = np.bincount([fold for clip, fold in dealt.items() if clip.startswith(view)], minlength=FOLDS)
        assert sizes.min() == 2
        assert sizes.max() == 3
    assert deal(runs[::-1]) == dealt


def test_beyond_is_as_long_as_the_coach_asks_for() -> None:
    """6 of 8 strides, not 5, and not 6 of 9."""
    settings = Settings()
    assert lasts(np.array([1, 1, 1, 0, 1, 0, 1, 1], bool), settings)
    assert not lasts(np.array([1, 1, 0, 0, 1, 0, 1, 1], bool), settings)
    assert not lasts(np.array([1, 1, 1, 0, 1, 0, 1, 0, 1], bool), settings)


def test_limits_are_those_in_force() -> None:
    """Validated is what the settings ask for."""
    own = Settings()
    assert {one.name: one.limit for one in measures(own)} == {
        "lean": own.forward_lean.rise_deg,
        "raised": own.hunched_shoulders.raised_pct,
        "forward": own.hunched_shoulders.forward_pct,
        "twist": pytest.approx(own.torso_twist.rise_ratio - 1.0),
    }


def test_every_mark_is_told_in_every_view() -> None:
    """The table names each mark, with its movement in per cent of the trunk."""
    text = marks_table(SHIPPED)
    for view in VIEWS:
        assert f"{view} (" in text
    shift = 100 * 10 * signatures.signature(AZIMUTHS_DEG[2])[TRUNK_AHEAD, LEAN]
    side = text[text.index("side (") :].splitlines()
    assert side[2 + TRUNK_AHEAD].split()[:2] == ["trunk_ahead", f"{shift:.1f}"]


def calibrate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / "calibrate", *arguments]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--split", "test"], "only ever scored, never learned from"),
        (["--split", "train"], "there is no such split"),
        (["--split", "dev", "--clips", "."], "not allowed with"),
        (["--write", "--check"], "not allowed with"),
        (["--jobs", "0"], "must be 1 to 256"),
        (["--clips", "nowhere"], "no films"),
        (["--clips", ".", "--write", "nowhere/tables.py"], "there is no folder"),
        (["--clips", ".", "--check", "nowhere/tables.py"], "there is no folder"),
    ],
)
def test_wrong_use_of_calibrate_is_refused(arguments: list[str], words: str) -> None:
    """With exit code 2, before anything is done."""
    done = calibrate(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_test_clip_is_refused_wherever_it_lies(tmp_path: Path) -> None:
    """By its name in the truth or by its seed alone, whatever its file is called; the tables stay as they are."""
    truths = {
        "named": {"clip": "test-side-00-clean", "seed": 7},
        "seeded": {"clip": "renamed", "seed": SPLITS["test"] + 210_003},
        "dev": {"clip": "dev-side-00-clean", "seed": SPLITS["dev"] + 210_003},
    }
    for name, truth in truths.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(truth))
    out = tmp_path / "tables.py"
    out.write_text("as it was")
    done = calibrate("--clips", tmp_path, "--cache", tmp_path / "cache", "--write", out)
    assert done.returncode == 2
    for name in ("named", "seeded"):
        assert f"{name}.mp4: is a clip of the test split" in done.stderr
    assert "dev.mp4: is a clip of the test split" not in done.stderr
    assert out.read_text() == "as it was"
    refuse_test(tmp_path / "dev.mp4")
    with pytest.raises(ScoreError):
        refuse_test(tmp_path / "seeded.mp4")
