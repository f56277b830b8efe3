"""Numbers of a run, from its strides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import reported_runs
from hypothesis import given
from hypothesis import strategies as st
from reported_runs import Made

from device.advice import book
from device.report import figures, material
from device.report.material import Material
from device.runs import writing
from device.settings import PainSettings

BOOK = book.load(book.shipped("en"))


def read(folder: Path, made: Made) -> Material:
    """The material of such a run."""
    with writing(folder)[0] as store:
        number = reported_runs.add(store, made)
        return material.read(store, number, BOOK, PainSettings(), None)


def test_shares_and_times(tmp_path: Path) -> None:
    """Share of the watched time, of the strides, the longest time, and how soon cues were heeded, as was put in."""
    told = figures.faults(read(tmp_path, Made(minutes=20)))
    lean, shoulders = told["forward_lean"], told["hunched_shoulders"]
    assert (lean.share, shoulders.share) == (pytest.approx(30 / 1080), pytest.approx(120 / 1080))
    assert lean.out == pytest.approx(30 / 1200, abs=0.002)
    assert (shoulders.episodes, shoulders.longest_s, shoulders.cues, shoulders.mended) == (1, 120.0, 1, 1)
    assert (lean.heeded_s, shoulders.heeded_s) == (25.0, 115.0)
    assert lean.watched == pytest.approx(0.9 / 0.95)
    assert figures.main_fault(told) == "hunched_shoulders"


def test_fresh_and_tired(tmp_path: Path) -> None:
    """A measure that grows evenly by 3 is up by 2 from the first third's middle to the last's."""
    found = figures.measures(read(tmp_path, Made(minutes=30, spells=(), drift={"forward_lean": 3.0})))
    lean, twist = found["lean"], found["twist"]
    assert lean.change == pytest.approx(2.0, abs=0.1)
    assert twist.change == pytest.approx(0.0, abs=0.1)
    assert lean.fresh is not None
    assert lean.fresh.strides == pytest.approx(30 * 60 / reported_runs.STRIDE_S / 3, abs=2)
    assert (lean.limit, lean.own) == (8.0, 2.0)


def test_what_is_not_judged_has_no_numbers(tmp_path: Path) -> None:
    """No share, no middle, no limit."""
    m = read(tmp_path, Made(watched=("torso_twist",), spells=()))
    found, told = figures.measures(m), figures.faults(m)
    assert told["forward_lean"].share is None
    for name in ("lean", "raised", "forward"):
        assert (found[name].whole, found[name].limit, found[name].change) == (None, None, None)
    assert found["twist"].whole is not None


def test_shoulders_by_each_of_their_measures(tmp_path: Path) -> None:
    """A limit holds at every judged stride, also where the other measure was further out."""
    with writing(tmp_path)[0] as store:
        number = reported_runs.add(store, Made(minutes=5, spells=()))
        with store.change() as db:
            db.execute(
                "UPDATE strides SET shoulders_measure = 'forward', shoulders_limit = 8.0, rounded_pct = 9.0"
                " WHERE stride % 4 = 0"
            )
        m = material.read(store, number, BOOK, PainSettings(), None)
    found = figures.measures(m)
    raised, forward = found["raised"], found["forward"]
    assert (raised.limit, forward.limit) == (3.4, 8.0)
    assert np.isfinite(raised.limits).all()
    assert raised.whole is not None
    assert forward.whole is not None
    assert (raised.whole.out, forward.whole.out) == (0.0, pytest.approx(0.25, abs=0.01))


def test_nothing_at_all(tmp_path: Path) -> None:
    """A run without strides makes no numbers, and no trouble."""
    m = read(tmp_path, Made(minutes=0, spells=(), baseline=None))
    assert all(one.whole is None for one in figures.measures(m).values())
    assert figures.main_fault(figures.faults(m)) == ""
    assert len(figures.curve(m.strides["t_s"], m.strides["lean"]).t_s) == 0


def test_a_short_run_is_drawn_stride_by_stride() -> None:
    """With few strides each is a point, and a hole breaks the line."""
    t_s = np.array([0.7, 1.4, 2.1, 30.0, 30.7])
    line = figures.curve(t_s, np.arange(5.0))
    assert line.middle[np.isfinite(line.middle)].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert np.isnan(line.middle).sum() == 1


@given(st.integers(400, 9000), st.integers(0, 2**31))
def test_a_long_run_fits_on_paper(strides: int, seed: int) -> None:
    """Some hundred points, whatever the length, in order, and each between its lowest and highest tenth."""
    dice = np.random.default_rng(seed)
    t_s = np.cumsum(dice.uniform(0.6, 0.8, strides))
    values = dice.normal(0, 1, strides)
    values[dice.random(strides) < 0.2] = np.nan
    line = figures.curve(t_s, values)
    assert 50 <= len(line.t_s) <= figures.MOST_POINTS + 1
    assert (np.diff(line.t_s) > 0).all()
    known = np.isfinite(line.middle)
    assert (line.low[known] <= line.middle[known]).all()
    assert (line.middle[known] <= line.high[known]).all()


def test_turned_to_the_right(tmp_path: Path) -> None:
    """A middle of the turn that moves to the right grows."""
    m = read(tmp_path, Made(spells=(), turn_drift=6.0))
    turned = figures.turned(m.strides)
    first, last = figures.thirds(m.strides)
    assert np.median(turned[last]) - np.median(turned[first]) == pytest.approx(4.0, abs=0.1)
