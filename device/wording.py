"""Events in words for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from device.records import Cue, Event, Moment

LABELS = {
    ("forward_lean", ""): ("forward lean", "°"),
    ("hunched_shoulders", ""): ("shoulders", " % of trunk"),
    ("hunched_shoulders", "raised"): ("shoulders raised", " % of trunk"),
    ("hunched_shoulders", "forward"): ("shoulders and head forward", " % of trunk"),
    ("torso_twist", ""): ("torso twist", "°"),
}
"""What each measure of a fault is called and counted in."""

REASONS = {
    "forward_lean": "too much forward lean",
    "torso_twist": "too much torso twist",
    "unsteady": "the running is not steady",
    "unseen": "too little of the runner is seen",
}
"""Why no baseline is learned."""

NAMES = {
    "forward_lean": "forward lean",
    "hunched_shoulders": "hunched shoulders",
    "torso_twist": "torso twist",
}
"""What each fault is called."""


def clock(t_s: float) -> str:
    """A time as 00:41, or 1:02:03 from an hour on."""
    whole = int(t_s)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def lines(moment: Moment) -> list[str]:
    """A moment's events, one readable line each.  What is spoken of at once needs no line of its own."""
    return [line(event) for event in moment.events if moment.said is None or not _told(event, moment.said)]


def line(event: Event) -> str:
    """One event as one line."""
    what, detail = _words(event.kind, event.data)
    return f"{clock(event.t_s)}  {what:<32}  {detail}".rstrip()


def summary(event: Event) -> str:
    """The closing lines of a run."""
    data = event.data
    if not data["seen_s"]:
        return f"no runner seen in {data['duration_s']:.0f} s"
    cadence = f", {data['cadence_spm']:.0f} steps/min" if data["cadence_spm"] else ""
    seen, running, whole = clock(data["seen_s"]), clock(data["running_s"]), clock(data["duration_s"])
    rows = [f"Runner seen {seen} of {whole}, running {running}{cadence}"]
    for fault, tally in data["faults"].items():
        if tally["share"] is None:
            rows.append(f"  {NAMES[fault]:<18}  not watched")
            continue
        cues = "1 cue" if tally["cues"] == 1 else f"{tally['cues']} cues"
        share = f"{100 * tally['share']:3.0f} % of the time"
        rows.append(f"  {NAMES[fault]:<18}  {share}, {cues}, {tally['mended']} mended")
    return "\n".join(rows)


def _told(event: Event, said: Cue) -> bool:
    """Whether what is said tells of this event."""
    if said.kind == "notice":
        return event.kind == "baseline_refused" or event.kind == said.fault in ("camera_moved", "runner_changed")
    return event.kind in ("fault_on", "fault_off") and event.data["fault"] == said.fault


def _words(kind: str, data: Mapping[str, Any]) -> tuple[str, str]:
    if kind in ("cue", "praise"):
        return data["text"], _measure(data)
    if kind == "fault_on":
        return f"({NAMES[data['fault']]} begins)", _measure(data)
    if kind == "fault_off":
        return f"({NAMES[data['fault']]} {'mended' if data['mended'] else 'out of sight'})", _measure(data)
    if kind == "runner_found":
        return "Runner found", ""
    if kind == "runner_lost":
        return "Runner lost", ""
    if kind == "view":
        names = ", ".join(NAMES[fault] for fault in data["watching"])
        return f"Camera view: {data['view']}", f"watching {names}" if names else "nothing can be judged from here"
    if kind == "baseline":
        return "Baseline learned", _form(data)
    if kind == "baseline_recalled":
        return "Baseline of an earlier run", _form(data)
    if kind == "baseline_refused":
        return "(no baseline yet)", REASONS[data["reason"]]
    if kind == "camera_moved":
        return "Camera moved", "baseline is learned anew"
    if kind == "runner_changed":
        return "Another runner", "baseline is learned anew"
    if kind == "notice":
        return data["text"], ""
    return kind.replace("_", " "), ""


def _form(data: Mapping[str, Any]) -> str:
    """A baseline's own lean and twist, as far as the camera can tell them."""
    parts = [
        f"{name} {data[key]:.1f}°"
        for name, key in (("lean", "lean_deg"), ("twist", "twist_deg"))
        if data[key] is not None
    ]
    return ", ".join(parts)


def _measure(data: Mapping[str, Any]) -> str:
    label, unit = LABELS[data["fault"], data.get("measure", "")]
    if data["value"] is None:
        return label
    limit = "" if data["limit"] is None else f" (limit {data['limit']:.1f}{unit.split(' of ')[0]})"
    return f"{label} {data['value']:.1f}{unit}{limit}"
