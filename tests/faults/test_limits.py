"""What is beyond the limit, and what can be judged from where the camera stands."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.faults.limits import LIMITS, forward_lean, hunched_shoulders, read, sees, torso_twist, watched
from device.posture.change import FORWARD, RAISED, TWIST
from device.posture.marks import MEANS, SWINGS
from device.records import FAULTS, Baseline, Posture
from device.settings import LeanSettings, Settings, ShoulderSettings, TwistSettings

SETTINGS = Settings()
LEAN, SHOULDERS, TWISTS = SETTINGS.forward_lean, SETTINGS.hunched_shoulders, SETTINGS.torso_twist
SURE, UNSURE = 0.1, 100.0
VIEWS = {"front": 5.0, "oblique": 45.0, "side": 85.0}


def baseline(view: str = "oblique", spread: float = SURE, **more: object) -> Baseline:
    """Good form, all of whose changes show equally well."""
    known = Baseline(
        10.0,
        view,
        azimuth_deg=VIEWS[view],
        lean_deg=3.0,
        twist_deg=26.0,
        strides=12,
        unit_px=94.0,
        place_px=(320.0, 200.0),
        means=(0.5,) * len(MEANS),
        swings=(0.1 + 0j,) * len(SWINGS),
        scatter=1.0,
        spread=(spread,) * 6,
    )
    return known._replace(**more)


def posture(view: str = "oblique", known: Baseline | None = None, **measures: float) -> Posture:
    good = Posture(20.0, "running", view, VIEWS[view], 3.0, 26.0, 0.0, 0.0, 0.0, 170.0, 0.8, 20, known)
    return good._replace(**measures)


def with_spread(known: Baseline, place: int, spread: float) -> Baseline:
    return known._replace(spread=tuple(spread if i == place else s for i, s in enumerate(known.spread)))


def test_every_fault_has_a_limit() -> None:
    """All that the coach knows, in one order."""
    assert tuple(LIMITS) == FAULTS


def test_lean_limit_follows_the_runner_within_bounds() -> None:
    """The runner's own lean and some more, but never below the least nor above the absolute limit."""
    assert forward_lean(posture(), SETTINGS).limit == LEAN.on_deg
    for own, limit in ((-2.0, LEAN.least_deg), (5.0, 5.0 + LEAN.rise_deg), (14.0, LEAN.on_deg)):
        reading = forward_lean(posture(known=baseline(lean_deg=own)), SETTINGS)
        assert reading.limit == limit
        assert reading.clear == limit - LEAN.clear_deg


def test_twist_limit_follows_the_runner_within_bounds() -> None:
    """The runner's own twist and a share more, likewise."""
    assert torso_twist(posture(), SETTINGS).limit == TWISTS.on_deg
    for own, limit in ((8.0, TWISTS.least_deg), (30.0, 30.0 * TWISTS.rise_ratio), (54.0, TWISTS.on_deg)):
        assert torso_twist(posture(known=baseline(twist_deg=own)), SETTINGS).limit == pytest.approx(limit)


@given(lean=st.floats(-10, 20), twist=st.floats(1, 90), value=st.floats(-20, 120))
def test_excess_is_in_units_of_the_faults_own_limit(lean: float, twist: float, value: float) -> None:
    """Excess is 0 at the limit, −1 at good form, 1 as far beyond; out means above 0, whatever the baseline."""
    known = baseline(lean_deg=lean, twist_deg=twist)
    for limits, measure in ((forward_lean, "lean_deg"), (torso_twist, "twist_deg")):
        here = limits(posture(known=known, **{measure: value}), SETTINGS)
        assert here.usual < here.limit
        assert here.clear < here.limit
        assert here.excess == pytest.approx((value - here.limit) / (here.limit - here.usual))
        assert here.out == (here.excess > 0)
        assert here._replace(value=here.limit).excess == 0
        assert here._replace(value=here.usual).excess == pytest.approx(-1)
        assert here._replace(value=2 * here.limit - here.usual).excess == pytest.approx(1)
        assert not (here.out and here.good)


def test_shoulders_need_a_baseline() -> None:
    """Without a baseline there is no limit for shoulders, and no value is out."""
    reading = hunched_shoulders(posture(raised_pct=50.0, head_forward_pct=50.0), SETTINGS)
    assert math.isnan(reading.limit)
    assert not reading.out


@pytest.mark.parametrize(
    ("raised", "rounded", "head", "measure"),
    [
        (1.5, 0.0, 0.0, "raised"),
        (0.0, 0.8, 0.8, "forward"),
        (1.4, 0.6, 0.7, "raised"),
        (1.3, 0.7, 0.7, "forward"),
        (1.5, math.nan, 0.0, "raised"),
    ],
)
def test_shoulders_tell_what_is_worse(raised: float, rounded: float, head: float, measure: str) -> None:
    """Of raised and drawn forward the one farther beyond its own limit is told, in shares of either limit here."""
    reading = hunched_shoulders(
        posture(
            known=baseline(),
            raised_pct=raised * SHOULDERS.raised_pct,
            rounded_pct=rounded * SHOULDERS.forward_pct,
            head_forward_pct=head * SHOULDERS.forward_pct,
        ),
        SETTINGS,
    )
    assert reading.measure == measure
    worse = raised if measure == "raised" else rounded + head
    assert reading.excess == pytest.approx(worse - 1)
    assert reading.out


@given(raised=st.floats(-2, 3), forward=st.floats(-2, 3))
def test_shoulders_are_good_only_when_both_are(raised: float, forward: float) -> None:
    """One measure within its limits does not make the other good; out is whoever is out."""
    reading = hunched_shoulders(
        posture(
            known=baseline(),
            raised_pct=raised * SHOULDERS.raised_pct,
            head_forward_pct=forward * SHOULDERS.forward_pct,
        ),
        SETTINGS,
    )
    near = 1e-9
    if abs(raised - SHOULDERS.clear_share) > near and abs(forward - SHOULDERS.clear_share) > near:
        assert reading.good == (max(raised, forward) < SHOULDERS.clear_share)
    if abs(raised - 1) > near and abs(forward - 1) > near:
        assert reading.out == (max(raised, forward) > 1)


def test_from_the_front_only_raised_counts() -> None:
    """There shoulders drawn forward hardly show, so they neither make the fault nor keep it."""
    reading = hunched_shoulders(posture("front", baseline("front"), raised_pct=0.0, head_forward_pct=50.0), SETTINGS)
    assert reading.measure == "raised"
    assert not reading.out
    assert reading.good


@pytest.mark.parametrize(
    ("view", "known", "expected"),
    [
        ("front", None, ("hunched_shoulders",)),
        ("oblique", None, FAULTS),
        ("side", None, FAULTS),
        ("front", SURE, ("hunched_shoulders", "torso_twist")),
        ("oblique", SURE, FAULTS),
        ("side", SURE, FAULTS),
        ("front", UNSURE, ()),
        ("oblique", UNSURE, ("forward_lean",)),
        ("side", UNSURE, ("forward_lean",)),
    ],
)
def test_what_is_watched(view: str, known: float | None, expected: tuple[str, ...]) -> None:
    """Lean from the side and at an angle; shoulders and twist where the marks are sure enough against their limits."""
    seen = posture(view, None if known is None else baseline(view, known))
    assert watched(seen, SETTINGS) == expected


def test_without_a_view_nothing_is_watched() -> None:
    """Before it is known where the camera stands nothing is judged."""
    assert watched(Posture(0.0, "running"), SETTINGS) == ()
    assert not any(sees(Posture(0.0, "running"), measure, SETTINGS) for measure in ("lean", "raised", "twist"))


@pytest.mark.parametrize(("measure", "place"), [("raised", RAISED), ("forward", FORWARD), ("twist", TWIST)])
def test_each_measure_goes_by_its_own_spread(measure: str, place: int) -> None:
    """A measure that this camera does not show is not seen; the others are."""
    others = {"raised", "forward", "twist"} - {measure}
    blurred = posture(known=with_spread(baseline(), place, UNSURE))
    assert not sees(blurred, measure, SETTINGS)
    assert all(sees(blurred, other, SETTINGS) for other in others)
    sharp = posture(known=with_spread(baseline(spread=UNSURE), place, SURE))
    assert sees(sharp, measure, SETTINGS)
    assert not any(sees(sharp, other, SETTINGS) for other in others)


@given(spread=st.floats(0.01, 10), limit=st.floats(1, 30), more=st.floats(1.1, 3))
def test_a_wider_limit_is_never_harder_to_watch(spread: float, limit: float, more: float) -> None:
    """What can be watched against a limit can be against a wider one, and by who scatters less."""

    def raised(spread: float, limit: float) -> bool:
        setting = Settings(hunched_shoulders=ShoulderSettings(raised_pct=limit))
        return sees(posture(known=baseline(spread=spread)), "raised", setting)

    if raised(spread, limit):
        assert raised(spread, more * limit)
        assert raised(spread / more, limit)


def test_a_lean_that_never_shows_is_not_watched() -> None:
    """Where hips were hidden throughout, lean cannot be told, and that is said."""
    hipless = tuple(math.nan if name.startswith("trunk") else 0.5 for name in MEANS)
    assert not sees(posture("oblique", baseline("oblique", means=hipless)), "lean", SETTINGS)


def test_what_is_not_watched_is_not_read() -> None:
    """However far a value is, a fault that is off, or not to be seen from here, has none."""
    bad = posture("front", baseline("front"), lean_deg=50.0)
    assert math.isnan(read("forward_lean", bad, SETTINGS).value)
    off = Settings(forward_lean=LeanSettings(enabled=False), torso_twist=TwistSettings(enabled=False))
    assert watched(posture(known=baseline()), off) == ("hunched_shoulders",)
    assert math.isnan(read("torso_twist", posture(known=baseline(), twist_deg=90.0), off).excess)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_not_measured_is_neither_out_nor_good(fault: str) -> None:
    """NaN is no value: it is not beyond a limit and does not mend anything either."""
    nan = math.nan
    unknown = posture(
        known=baseline(), lean_deg=nan, twist_deg=nan, raised_pct=nan, rounded_pct=nan, head_forward_pct=nan
    )
    reading = read(fault, unknown, SETTINGS)
    assert math.isfinite(reading.limit)
    assert math.isnan(reading.excess)
    assert not reading.out
    assert not reading.good
