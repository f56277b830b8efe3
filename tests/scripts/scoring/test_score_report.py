"""The scorecard of some hand-made clips: every table, the same numbers everywhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handmade import cache_in, film, keep_exact, record
from PIL import Image
from scoring import document, judge, metrics, short, targets
from scoring.cache import PoseCache
from scoring.judge import Judged
from scoring.pictures import LARGEST_BYTES
from scoring.report import Report, report, summary
from scoring.statistics import Number
from scoring.tables import Column, Table, shown
from scoring.worst import bad, worst
from stickman import Stickman

from device.records import L_KNEE

MADE = {"set": "made by hand", "clips": 4, "hours": 0.0, "model_sha256": "a" * 64, "pose_code_sha256": "b" * 64}
MADE |= {"engine_sha256": "c" * 64}


def clips(folder: Path, cache: PoseCache) -> list[Path]:
    """A lean from the side that is called, one from the front that cannot be seen, clean running, nobody.

    No two are of one length: their films are equal but for that.
    """
    lean = lambda t: Stickman(azimuth_deg=80, lean_deg=4 + 14 * min(1, max(0, t - 20)) * (t < 38))  # noqa: E731
    made = [
        record(58, 10, clip="lean", view="side", faults=[("lean_hips", 20, 38, 14)], tags={"light": "dim"}, at=lean),
        record(40, 10, clip="front", view="front", faults=[("lean_hips", 20, 38, 10)], tags={"light": "bright"},
               at=lambda t: Stickman(azimuth_deg=0)),
        record(41, 10, clip="clean", tags={"light": "bright", "body": "tall"}),
        record(10, 10, clip="nobody", tags={"light": "bright"}, at=lambda t: None),
    ]  # fmt: skip
    films = [film(folder, one) for one in made]
    for path in films:
        keep_exact(cache, path, noise_px=1.0)
    return films


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Judged], PoseCache]:
    """The clips, judged."""
    folder = tmp_path_factory.mktemp("films")
    cache = cache_in(folder / "poses")
    return judge.judge_all(clips(folder, cache), cache, 2), cache


@pytest.fixture(scope="module")
def told(judged: tuple[list[Judged], PoseCache]) -> Report:
    """Their report."""
    return report(judged[0], MADE)


@pytest.fixture(scope="module")
def written(judged: tuple[list[Judged], PoseCache], told: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report's page, with all that belongs to it."""
    out = tmp_path_factory.mktemp("docs") / "card.md"
    document.write(told, out, judged[1])
    return out


def row(told: Report, table: str, name: str) -> dict[str, Number]:
    """A row of a table."""
    return dict(dict(told.table(table).rows)[name])


def test_the_numbers_are_those_of_the_clips(told: Report) -> None:
    """One of two faults is called, and only that one was watched; nothing false is said."""
    overall = row(told, "heads", "overall")
    assert (overall["episodes"].n, overall["recall_pct"].value, overall["watched_pct"].value) == (2, 50.0, 50.0)
    assert overall["recall_watched_pct"].value == 100.0
    assert row(told, "heads", "side")["recall_pct"].value == 100.0
    assert row(told, "heads", "front")["recall_pct"].value == 0.0
    assert row(told, "heads", "oblique")["recall_pct"].value is None
    assert overall["clean_per_h"].value == 0.0
    assert overall["distraction_h"].value == pytest.approx(10 / 3600, rel=0.02)
    assert row(told, "kinds", "lean_hips 14 deg, side".replace("_", " "))["recall_pct"].value == 100.0
    assert row(told, "praise", "side")["praise_due"].n == 1
    assert row(told, "points_visible_overall", "all but the legs")["median_px"].value == pytest.approx(1.18, abs=0.1)


def test_targets_stand_first_beside_what_is_reached(told: Report) -> None:
    """A plain lean from the front is missed, a strong one from the side is no plain one; what is wanted of each view
    stands below it."""
    table = told.tables[0]
    assert [name for name, _ in table.rows] == [
        *("overall", "overall, target", "side", "side, target"),
        *("oblique", "oblique, target", "front", "front, target"),
    ]
    front, side = row(told, "targets", "front"), row(told, "targets", "side")
    assert (front["lean_called_pct"].value, front["lean_called_pct"].n) == (0.0, 1)
    assert front["lean_watched_pct"].value == 0.0
    assert front["called_pct"].value == 0.0
    assert front["twist_called_pct"].value is None
    assert side["called_pct"].value is None
    assert side["cadence_error"].value < 1.0
    assert row(told, "targets", "side, target")["called_pct"].value == 97.0
    assert row(told, "targets", "front, target")["twist_error_pct"].value == 30.0
    assert row(told, "targets", "overall, target")["latency_s"].value == 9.0


def test_the_leans_target_is_for_seconds_with_a_baseline(judged: tuple[list[Judged], PoseCache]) -> None:
    """What is read before good form is known counts elsewhere."""
    clip = next(one for one in judged[0] if one.truth.clip == "lean")
    read = clip.score.read
    later = np.isfinite(read.lean_change_read)
    assert 0 < later.sum() < len(read)
    told = targets.numbers(metrics.modelled([clip]))["lean_error"]
    assert told.value == pytest.approx(np.abs(read.lean_read - read.lean_true)[later].mean())
    assert told.n == later.sum()


def test_twist_errors_are_told_in_per_cent_of_the_true_range(judged: tuple[list[Judged], PoseCache]) -> None:
    """A range read a fifth too large is 20 % off, whatever its size."""
    clip = next(one for one in judged[0] if one.truth.clip == "clean")
    read = replace(clip.score.read, twist_read=1.2 * clip.score.read.twist_true)
    wrong = replace(clip, score=replace(clip.score, read=read))
    for told in (report([wrong], MADE).table("targets"), report([wrong], MADE).table("heads")):
        assert dict(told.rows)["overall"]["twist_error_pct"].value == pytest.approx(20.0)


def test_legs_have_rows_but_count_in_nothing(judged: tuple[list[Judged], PoseCache]) -> None:
    """The model is not shown the legs; a reader finds them marked, and the other numbers free of them."""
    clip = next(one for one in judged[0] if one.truth.clip == "clean")
    assert clip.points is not None
    error_px, score = clip.points.error_px.copy(), clip.points.score.copy()
    error_px[:, L_KNEE:], score[:, L_KNEE:] = 500.0, 0.95
    wrong = replace(clip, points=replace(clip.points, error_px=error_px, score=score))
    before, after = report([clip], MADE), report([wrong], MADE)
    legs = row(after, "points_visible_overall", "right ankle (not looked at)")
    assert legs["median_px"].value == 500.0
    for table, name in (("points_visible_overall", "all but the legs"), ("tag_light", "bright")):
        assert row(after, table, name) == row(before, table, name)
    assert after.table("calibration").rows == before.table("calibration").rows


def test_true_key_points_stand_beside_the_models(told: Report) -> None:
    """The engine alone errs a little less than with a noise of one pixel, and calls the same."""
    names = [name for name, _ in told.table("engine").rows]
    assert names[:2] == ["overall, model", "overall, true"]
    model, true = row(told, "engine", "side, model"), row(told, "engine", "side, true")
    assert model["recall_pct"].value == true["recall_pct"].value == 100.0


def test_tags_make_tables(told: Report) -> None:
    """Each tag its table, each value its row; a clip without the tag is in none of its rows."""
    assert [name for name, _ in told.table("tag_light").rows] == ["bright", "dim"]
    assert row(told, "tag_light", "bright")["clips"].n == 3
    assert [name for name, _ in told.table("tag_body").rows] == ["tall"]


def test_the_page_holds_every_table_with_its_n(told: Report, written: Path) -> None:
    """All titles are there, every table has a count or shows n with its numbers."""
    page = written.read_text()
    for table in told.tables:
        assert f"### {table.title}\n" in page, table.key
        counts = {"episodes", "clips", "points", "n", "praise_due"}
        keys = {column.key for column in table.columns}
        counted = keys & counts or any(key.endswith(("_h", "_seconds", "_points")) for key in keys)
        assert counted or any(column.own_n for column in table.columns), table.key
    for heading in (
        "## In short",
        "## Cues",
        "## Posture",
        "## Key points",
        "## Where it differs",
        "## The worst clips",
    ):
        assert f"{heading}\n" in page
    assert "nan" not in page
    assert "None" not in page


def test_json_and_page_hold_the_same_numbers(told: Report, written: Path) -> None:
    """Every cell of the page is a number of the JSON, rounded."""
    page, data = written.read_text(), json.loads(written.with_suffix(".json").read_text())
    assert set(data["tables"]) == {table.key for table in told.tables}
    for table in told.tables:
        kept = data["tables"][table.key]
        lines = page.split(f"### {table.title}\n", 1)[1].split("| --- |", 1)[1].splitlines()[1:]
        for (name, _), cells, line in zip(table.rows, kept["rows"], lines, strict=False):
            values = [cell.strip() for cell in line.strip("|").split("|")]
            assert values[0] == name == cells["row"]
            for column, text in zip(table.columns, values[1:], strict=True):
                assert text == _cell(cells[column.key], column), (table.key, name, column.key)


def _cell(number: dict[str, float | None], column: Column) -> str:
    """What the page must show for a number of the JSON."""
    if number["value"] is None:
        return "–"
    figures = [number[key] for key in ("value", "low", "high") if number[key] is not None]
    texts = [f"{figure:.{column.digits}f}".replace("-", "−") for figure in figures]
    texts = [text.lstrip("−") if not float(text.replace("−", "-")) else text for text in texts]
    tail = f", n {number['n']:.0f}" if column.own_n and number["n"] else ""
    return (texts[0] if len(texts) == 1 else f"{texts[0]} ({texts[1]} – {texts[2]})") + tail


def test_json_holds_every_episode_and_cue(written: Path) -> None:
    """Someone who digs finds clip, kind, severity, view, onset, cue and whether it was watched."""
    data = json.loads(written.with_suffix(".json").read_text())
    found = {
        (e["clip"], e["kind"], e["severity"], e["view"], e["start_s"], e["watched"], e["recalled"])
        for e in data["episodes"]
    }
    assert found == {
        ("lean", "lean_hips", 14, "side", 20, True, True),
        ("front", "lean_hips", 10, "front", 20, False, False),
    }
    assert [(cue["clip"], cue["fault"], cue["verdict"]) for cue in data["cues"]] == [("lean", "forward_lean", "right")]
    assert {clip["clip"]: clip["episodes"] for clip in data["clips"]} == {
        "lean": 1,
        "front": 1,
        "clean": 0,
        "nobody": 0,
    }
    (lean,) = (e for e in data["episodes"] if e["clip"] == "lean")
    assert lean["change_true"] == pytest.approx(14.0, abs=0.1)
    assert lean["change_read"] == pytest.approx(14.0, abs=1.5)


def test_the_worst_clips_are_shown(judged: tuple[list[Judged], PoseCache], written: Path) -> None:
    """The clip with the missed fault is worse than the clean one; each has its picture, small enough, and a reason."""
    order = [one.clip.truth.clip for one in worst(judged[0])]
    assert order.index("front") < order.index("clean")
    assert any("not watched" in reason for reason in bad(judged[0][1]).reasons)
    pictures = sorted(written.with_suffix("").glob("*.jpg"))
    assert len(pictures) == len(order)
    page = written.read_text()
    for picture in pictures:
        assert f"(card/{picture.name})" in page
        assert picture.stat().st_size <= LARGEST_BYTES
        assert Image.open(picture).width == 480


def test_pictures_of_an_earlier_scorecard_go(
    judged: tuple[list[Judged], PoseCache], told: Report, tmp_path: Path
) -> None:
    """Only those of this one remain."""
    old = tmp_path / "card" / "09-gone.jpg"
    old.parent.mkdir()
    old.write_bytes(b"old")
    document.write(told, tmp_path / "card.md", judged[1])
    assert not old.exists()


def test_the_terminal_shows_the_first_tables(told: Report) -> None:
    """All numbers, all views; targets stand beside what is reached."""
    reached, glance = summary(told).split("\n\n")
    assert re.search(r"overall\s+side\s+oblique\s+front", reached)
    missed = r"0 \(0 – 79\), n 1"
    assert re.search(rf"lean called % \(≥\)\s+{missed}\s+– \[97\]\s+– \[97\]\s+{missed} \[80\]", reached)
    assert len(reached.splitlines()) == 1 + len(told.table("targets").columns)
    assert re.search(r"overall\s+front\s+oblique\s+side", glance)
    assert len(glance.splitlines()) == 1 + len(told.table("heads").columns)


def test_nothing_to_tell_is_a_dash() -> None:
    """Empty sets make tables, not errors."""
    empty = report([], {**MADE, "clips": 0})
    for table in empty.tables:
        for name, numbers in table.rows:
            for column in table.columns:
                if name.endswith(", target"):
                    continue  # what is wanted does not hang on what there is
                assert column.shown(numbers[column.key]) in ("–", "0", "0.0", "0.00"), (table.key, column.key)


def test_figures_look_the_same_everywhere() -> None:
    """True minus signs, no negative zero, brackets only where there is an interval."""
    assert shown(Number(-1.25, 3, -2.0, 0.5), 1) == "−1.2 (−2.0 – 0.5)"
    assert shown(Number(-0.01, 3), 1) == "0.0"
    table = Table("t", "T", "row", [Column("a", "A", own_n=True)])
    table.add("x", {"a": Number(1.0, 7)})
    assert "| x | 1.0, n 7 |" in table.markdown()


def test_the_short_matrix_is_kept_and_held(judged: tuple[list[Judged], PoseCache], tmp_path: Path) -> None:
    """What is kept is coached to the same cues, holds its own bounds, is small, and fails when a bound is raised."""
    short.keep(judged[0], judged[1], tmp_path)
    kept = {clip.truth.clip: clip for clip in short.stored(tmp_path)}
    for clip in judged[0]:
        again = kept[clip.truth.clip]
        assert [(c.fault, c.verdict) for c in again.score.heard.said] == [
            (c.fault, c.verdict) for c in clip.score.heard.said
        ]
        assert [e.recalled for e in again.score.heard.episodes] == [e.recalled for e in clip.score.heard.episodes]
    assert short.broken(tmp_path) == []
    assert short.stale(tmp_path) == []
    made: dict[str, Any] = json.loads((tmp_path / short.BOUNDS).read_text())
    assert made["bounds"]["forward_lean, side"]["called"] == {"at_least": 1}
    made["bounds"]["forward_lean, side"]["called"] = {"at_least": 2}
    made["bounds"]["overall"]["cues_clean"] = {"at_most": -1}
    (tmp_path / short.BOUNDS).write_text(json.dumps(made))
    assert sorted(short.broken(tmp_path)) == [
        "forward_lean, side: called is 1, at least 2 was held",
        "overall: cues_clean is 0, at most -1 was held",
    ]


@pytest.mark.parametrize(
    ("what", "words"), [("model_sha256", "the shipped model"), ("pose_code_sha256", "device/poses")]
)
def test_kept_poses_of_another_model_or_code_are_stale(tmp_path: Path, what: str, words: str) -> None:
    """The message says what to run."""
    short.keep([], cache_in(tmp_path / "poses"), tmp_path)
    made = json.loads((tmp_path / short.BOUNDS).read_text())
    made[what] = "0" * 64
    (tmp_path / short.BOUNDS).write_text(json.dumps(made))
    (line,) = short.stale(tmp_path)
    assert words in line
    assert "scripts/score --size short --keep tests/scorecard" in line
