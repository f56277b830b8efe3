"""The report's sentences: what the numbers mean, for who runs.  Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from device import wording
from device.advice.choose import LEAST_SHARE, LEAST_WATCHED_S
from device.advice.diary import MUCH
from device.records import FAULTS
from device.report.accuracy import Accuracy
from device.report.figures import FaultTold, Measure, views
from device.report.material import Material
from device.runs.store import Row

MEASURES = {
    "lean": "Forward lean",
    "raised": "Shoulders raised",
    "forward": "Head and shoulders forward",
    "twist": "Torso twist",
}
"""What each measure is called."""

VIEWS = {"front": "from the front", "oblique": "at an angle", "side": "from the side"}

SEEN_LITTLE, UNSURE = 0.8, 0.5
"""A runner seen for less of the time, or key points less sure on average, are worth a word (chosen by us)."""


def title(m: Material) -> str:
    """What the report is of."""
    begun = m.run["begun_utc"]
    if begun is None:
        return f"Run {m.run['id']}, date unknown"
    local = datetime.fromisoformat(begun).astimezone()
    return f"Run of {local:%A}, {local.day} {local:%B %Y}, {local:%H:%M}"


def duration(seconds: float) -> str:
    """A duration in words."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def percent(share: float | None) -> str:
    """A share in per cent; "–" where not known."""
    if share is None:
        return "–"
    return "< 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def in_short(m: Material, measures: Mapping[str, Measure], faults: Mapping[str, FaultTold]) -> list[str]:
    """The run in a few sentences, the most important first."""
    if m.run["running_s"] < LEAST_WATCHED_S:
        found = ["There was less than a minute of running: too little to judge a run by."]
    else:
        found = []
    judged = [one for one in faults.values() if one.share is not None]
    often = sorted((one for one in judged if (one.share or 0.0) >= LEAST_SHARE), key=lambda one: -(one.share or 0.0))
    if not judged:
        found.append("No fault could be judged in this run: see below how well the coach could see.")
    elif not often:
        found.append(
            f"Good running: {_joined([_lower(one.fault) for one in judged], 'and')} stayed within their limits."
        )
    else:
        main, others = often[0], often[1:]
        found.append(f"The main fault was {_lower(main.fault)}: there for {percent(main.share)} of the time.")
        if others:
            told = _joined([f"{_lower(one.fault)} for {percent(one.share)}" for one in others], "and")
            found.append(f"There was {told}.")
    cues = sum(one.cues for one in faults.values())
    if cues:
        mended = sum(one.mended for one in faults.values())
        waits = [row["mended_s"] - row["t_s"] for row in m.cues if row["kind"] == "cue" and row["mended_s"] is not None]
        within = f", half of them within {np.median(waits):.0f} s" if waits else ""
        found.append(
            f"The coach spoke up {_times(cues)}; {_count(mended, 'cue was', 'cues were')} followed by mending{within}."
        )
    if line := tiring(measures):
        found.append(line)
    return found


def tiring(measures: Mapping[str, Measure]) -> str:
    """What the last third of the run had more, or less, of than the first; "" where they cannot be compared."""
    told = []
    for one in measures.values():
        if one.fresh and one.tired and one.fresh.out is not None and one.tired.out is not None:
            step = one.tired.out - one.fresh.out
            if abs(step) >= LEAST_SHARE:
                told.append(
                    (
                        abs(step),
                        f"{MEASURES[one.name].lower()} from {percent(one.fresh.out)} to {percent(one.tired.out)}",
                    )
                )
    if not told:
        compared = any(one.fresh for one in measures.values())
        return "From the first third to the last your form stayed about the same." if compared else ""
    told.sort(reverse=True)
    return f"Strides out of limits, first third to last: {_joined([text for _, text in told], 'and')}."


def fault_line(one: FaultTold, m: Material) -> str:
    """A fault over the run, in one line."""
    if one.share is None:
        return _unwatched(one.fault, m)
    parts = []
    if one.out is not None:
        parts.append(f"{percent(one.out)} of strides beyond the limit")
    if one.episodes:
        parts.append(f"there {_times(one.episodes)}, up to {wording.clock(one.longest_s)}")
    if one.cues:
        heeded = f", half within {one.heeded_s:.0f} s" if one.heeded_s is not None else ""
        parts.append(f"{_count(one.cues, 'cue', 'cues')}, {one.mended} mended{heeded}")
    elif one.episodes:
        parts.append("no cue")
    if one.watched < SEEN_LITTLE:
        parts.append(f"watched for {percent(one.watched)} of the running only")
    return "; ".join(parts) + "." if parts else "Watched, and never beyond its limit."


def seeing(m: Material) -> list[str]:
    """How well the coach could see, and what may have misled it."""
    run, found = m.run, []
    seen = views(m.strides)
    if seen:
        places = _joined(
            [
                f"{VIEWS.get(view, view)} {percent(share) if len(seen) > 1 else ''}".strip()
                for view, share in seen.items()
            ],
            "and",
        )
        angle = "" if run["azimuth_deg"] is None else f", {abs(run['azimuth_deg']):.0f}° from straight ahead"
        found.append(f"The camera saw you {places}{angle if len(seen) == 1 else ''}.")
    else:
        found.append("Where the camera stood could not be told.")
    if run["confidence"] is not None:
        sure = f"The key points were {percent(run['confidence'])} sure on average"
        found.append(
            f"{sure}: more light, or a plainer background, would help." if run["confidence"] < UNSURE else f"{sure}."
        )
    if run["seen_share"] is not None and run["seen_share"] < SEEN_LITTLE:
        found.append("You were often out of sight: have head to knees in the picture.")
    if "front" in seen:
        found.append("From the front a lean does not show; at 30 to 60° from straight ahead everything does.")
    kinds = [row["kind"] for row in m.events]
    for kind, text in (
        (
            "camera_moved",
            "The camera was moved {}, and your good form learned anew: before and after compare less well.",
        ),
        ("runner_changed", "Somebody else stepped on {}: this run may hold two people."),
    ):
        if kind in kinds:
            found.append(text.format(_times(kinds.count(kind))))
    if not m.baselines:
        found.append(
            "Your own good form was not learned, so only absolute limits held, and shoulders were not watched."
        )
    if run["closed"] == "power":
        found.append("The run was cut off by the power; its last seconds are missing.")
    elif run["closed"] == "open":
        found.append("The run is still on: this is how it was up to now.")
    if not run["strides_kept"]:
        found.append("Its strides made room for newer runs: of the run itself only totals are left.")
    return found


def turning(turned: np.ndarray, first: np.ndarray, last: np.ndarray) -> str:
    """Where the middle of the turn lies, and whether it moved."""
    known = np.isfinite(turned)
    if not known.any():
        return "Left and right cannot be told apart from where the camera stood."
    middle = float(np.median(turned[known]))
    lies = f"{abs(middle):.0f}° to the {'right' if middle > 0 else 'left'}" if abs(middle) >= 0.5 else "straight ahead"
    text = f"The middle of your turn (bold) lay {lies}"
    if (known & first).sum() >= 20 and (known & last).sum() >= 20:
        step = float(np.median(turned[known & last]) - np.median(turned[known & first]))
        side = "right" if step > 0 else "left"
        moved = (
            f"moved by {abs(step):.0f}° to the {side} from fresh to tired"
            if abs(step) >= 0.5
            else "stayed there to the end"
        )
        text += f", and {moved}"
    return f"{text}. An error of the camera's angle shifts it; compare it with your other runs, not left with right."


def trend(m: Material) -> str:
    """This run against those before."""
    if len(m.trend) < 2:
        return "Trends begin with the second run."
    told = []
    for fault in FAULTS:
        now = m.shares.get(m.run["id"], {}).get(fault)
        past = [m.shares[row["id"]][fault] for row in m.trend[:-1] if fault in m.shares.get(row["id"], {})]
        if now is not None and past:
            told.append(f"{wording.NAMES[fault]} {percent(now)} (before: {percent(float(np.median(past)))})")
    count = len(m.trend) - 1
    before = "the run before" if count == 1 else f"the middle of the {count} runs before"
    return f"This run against {before}: {'; '.join(told)}." if told else f"{count + 1} runs, none to compare."


def compared(m: Material) -> list[str]:
    """Pain against faults."""
    return [
        f"After {_count(one.much_runs, 'run', 'runs')} with {wording.NAMES[one.fault]} for {percent(MUCH)} of the time "
        f"or more pain was {one.much:.1f} of 10 on average, after the {one.little_runs} others {one.little:.1f}."
        for one in m.compared
    ]


def trust(a: Accuracy, run: Row) -> list[str]:
    """How far the numbers can be trusted, from the scorecard."""
    where = f"a camera {VIEWS[a.view]}" if a.view in VIEWS else "cameras from all sides"
    lean = "Lean is not watched from there."
    if a.lean_error_deg is not None and a.lean_change_error_deg is not None and a.lean_bias_deg is not None:
        way = "low" if a.lean_bias_deg < 0 else "high"
        lean = (
            f"Lean is right to {a.lean_error_deg:.1f}° (it reads {abs(a.lean_bias_deg):.1f}° {way}), its change "
            f"against your own good form to {a.lean_change_error_deg:.1f}°."
        )
    wrong = round(a.clean_per_h * a.clean_h)
    called = round(a.recall_pct * a.episodes / 100)
    found = [
        f"Measured with {where} on rendered runners whose posture is known exactly "
        f"({a.clips} clips, {a.hours:.1f} h in all).",
        lean,
        f"Twist is off by {a.twist_error_pct:.0f} % of itself, its change by {a.twist_change_error_deg:.1f}°. "
        f"Of shoulders raised by 20 mm or more {a.raise_shown_pct:.0f} % is read, to {a.raise_change_error_mm:.1f} mm "
        f"({a.raise_change_error_pct:.1f} % of the trunk; 1 % is 5 mm in a person of 1.75 m). Steps are right to "
        f"{a.cadence_error_spm:.1f} a minute.",
        f"Of {a.episodes} faults, mild ones included, {called} were called within 15 s, half of them within "
        f"{a.latency_s:.1f} s; "
        f"{'no' if wrong == 0 else wrong} wrong cue{'s' if wrong > 1 else ''} in {a.clean_h:.2f} h of good running, "
        "which is too short to promise none.",
        "Real people, clothes and rooms may do worse. One camera sees no depth, and no bone: these are no clinical "
        "angles.",
    ]
    if run["model_sha256"] and run["model_sha256"] != a.model_sha256:
        found.append("This run was judged with another pose model than was measured.")
    return found


def change(one: Measure, a: Accuracy) -> str:
    """From fresh to tired, and whether it is more than the coach can tell."""
    if one.change is None:
        return "–"
    error = {
        "lean": a.lean_change_error_deg,
        "raised": a.raise_change_error_pct,
        "twist": a.twist_change_error_deg,
    }.get(one.name)
    text = signed(one.change)
    return f"({text})" if error is not None and abs(one.change) < error else text


def signed(value: float) -> str:
    """A number with its sign, minus as a minus."""
    text = f"{value:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def number(value: float | None) -> str:
    """A number with one digit; "–" where not known."""
    if value is None or not np.isfinite(value):
        return "–"
    text = f"{value:.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def bound(text: str) -> str:
    """The text with numbers that do not part from their units."""
    return re.sub(r"(\d) (?=(?:s|min|h|mm|%|of 10)\b|%)", "\\1\N{NO-BREAK SPACE}", text)


def _unwatched(fault: str, m: Material) -> str:
    if m.run["view"] == "front" and fault == "forward_lean":
        return "Not watched: from the front a lean does not show."
    if fault == "hunched_shoulders" and not m.baselines:
        return "Not watched: there was no baseline of your own good form to compare with."
    return "Not watched: it could not be judged from where the camera stood, or is switched off."


def _lower(fault: str) -> str:
    return wording.NAMES[fault]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _joined(parts: Sequence[str], word: str) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""
