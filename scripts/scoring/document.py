"""The scorecard as files: Markdown, JSON beside it, and a folder of pictures of the same name."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from device.posture.strides import SPAN_S

from . import pictures, worst
from .cache import PoseCache
from .cues import LEAST_ON_S, PRAISE_WITHIN_S, WITHIN_S
from .episodes import GRACE_S
from .keypoints import LOST_SHARE, NEAR_SHARE, PER_SECOND
from .posture import STEADY_S
from .report import Report
from .tables import Table
from .truth import TRUNK_PER_HEIGHT
from .worst import Bad

READING = f"""\
## How to read it

Numbers in brackets are 95 % intervals: Wilson's for shares of episodes, Garwood's exact one for cues per hour, and for
all that is read many times from one clip a bootstrap over clips. "–" stands where there is nothing to tell. n is the
count of episodes, hours, seconds or points that a number rests on; it has a column of its own or stands behind it.

- **called**: a cue for the right fault came within {WITHIN_S:g} s of the fault's start. Faults with less than
  {LEAST_ON_S:g} s of running in that time are left out. **noticed**: the coach held it for a fault by then, whether it
  spoke or kept the silence that lies between two cues. **watched**: at some moment of that time the coach itself said
  (event `view`) that it watches for this fault; what it openly does not watch it cannot call, and "called %" counts
  that as a miss.
- **false cues**: no fault that the coach knows is there, nor was until {GRACE_S:g} s after it had gone. *Clean* is good
  running alone; *distraction* is all else without a fault: other things that the runner does and {GRACE_S:g} s after
  them, nobody running, other people, a mirror or a poster to be seen. **wrong-fault cues**: only another fault is
  there. Leaning back is no fault the coach speaks of: any cue there is wrong.
- **praise** is due when a fault was cued, then mended, and {PRAISE_WITHIN_S:g} s of film followed; it counts within
  that time after the fault began to go.
- **errors** of posture are means of the distance between what is read and what is true, once a second where nothing
  came or went for {STEADY_S:g} s; truth is the mean over the very time that the coach reads: two strides, for cadence
  {SPAN_S:g} s. Per cent of a twist are of its true range at that time. *Change* is from the coach's baseline, and true
  change from the truth in the same seconds: it is free of a constant offset. "Of it read" is the slope of read over
  true change. Shoulders in mm, raised only: the coach's per cent of the trunk's length, which is taken for
  {TRUNK_PER_HEIGHT:g} of body height (Drillis & Contini 1966).
- **key points**: {PER_SECOND:g} frames a second; the trunk is the true distance of shoulders' and hips' middles in the
  picture. Knees and ankles are *not looked at*: the square that the model is shown ends above them, and what it says
  of them is a guess. They have rows of their own and count in no other number. "Left for right": off by more than
  {100 * NEAR_SHARE:.0f} % of the trunk and nearer to its counterpart. "Right" in the table of scores: within
  {100 * NEAR_SHARE:.0f} %, hidden points and those beyond the picture as well. **Runner lost**: half of the visible
  points are off by more than {100 * LOST_SHARE:.0f} % of the trunk.
"""

SECTIONS = (
    ("Cues", ("cues", "kinds", "false_cues", "false_by_fault", "praise")),
    ("Posture", ("lean", "twist", "shoulders", "cadence")),
    ("Key points", ("points_", "calibration")),
    ("Where it differs", ("tag_",)),
)
"""Which tables stand in which part, by the beginnings of their names."""


def write(told: Report, out: Path, cache: PoseCache) -> None:
    """Write all files of a scorecard, pictures of an earlier one taken away."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.with_suffix("")
    folder.mkdir(exist_ok=True)
    cases = worst.worst(told.clips)
    paths = [pictures.write_picture(case, cache, folder, number) for number, case in enumerate(cases, start=1)]
    for old in set(folder.glob("*.jpg")) - set(paths):
        old.unlink()
    told.worst = [(pictures.caption(case), path.name) for case, path in zip(cases, paths, strict=True)]
    whole(out, markdown(told, cases, folder.name))
    whole(out.with_suffix(".json"), lines(told.record()))


def whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    half = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def lines(record: dict[str, Any]) -> str:
    """JSON with a row of a table, a clip, an episode or a cue on each line, so that differences can be read."""
    parts = []
    for name, value in record.items():
        if isinstance(value, list):
            text = "[" + ",".join(f"\n  {json.dumps(row, ensure_ascii=False)}" for row in value) + "\n ]"
        elif name == "tables":
            text = "{" + ",".join(f"\n  {json.dumps(key)}: {_table(table)}" for key, table in value.items()) + "\n }"
        else:
            text = json.dumps(value, ensure_ascii=False)
        parts.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def markdown(told: Report, cases: Sequence[Bad], folder: str) -> str:
    """The page."""
    made = told.made_from
    parts = [
        "# Scorecard",
        "How well the coach judges rendered runners whose posture is known exactly: the product's own path from the "
        f"film to the cue, on {made['clips']} clips ({made['hours']:.2f} h): {made['set']}. Made by `scripts/score`; "
        "every number, and each episode and cue, also stands in the JSON file beside this page. Model "
        f"{made['model_sha256'][:12]}, pose code {made['pose_code_sha256'][:12]}, engine {made['engine_sha256'][:12]}.",
        "## In short",
        *(told.table(key).markdown() for key in ("targets", "heads", "weakest", "engine")),
        READING,
    ]
    for title, beginnings in SECTIONS:
        parts += [f"## {title}", *(_shown(table) for table in told.tables if table.key.startswith(beginnings))]
    parts += ["## The worst clips", worst.HOW]
    for (caption, name), case in zip(told.worst, cases, strict=True):
        parts.append(f"{caption}\n\n![{case.clip.truth.clip} at {case.t_s:.1f} s]({folder}/{name})")
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _shown(table: Table) -> str:
    """A table; of the many of key points all but one are folded away."""
    text = table.markdown()
    if table.key.startswith("points_") and table.key != "points_visible_overall":
        return f"<details><summary>{table.title}</summary>\n\n{text}\n</details>"
    return text


def _table(table: dict[str, Any]) -> str:
    rows = ",".join(f"\n    {json.dumps(row, ensure_ascii=False)}" for row in table["rows"])
    head = json.dumps({key: value for key, value in table.items() if key != "rows"}, ensure_ascii=False)
    return f'{head[:-1]}, "rows": [{rows}\n  ]}}'
