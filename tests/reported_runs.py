"""Runs with all their strides in a database, as if they had been run, for the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import stickman

from device.records import FAULTS
from device.runs import log_path
from device.runs.poselog import PoseWriter, encode
from device.runs.store import Store

BEGUN = datetime(2026, 10, 1, 17, 0, tzinfo=UTC)
STRIDE_S = 120 / 170
LIMITS = {"forward_lean": 8.0, "hunched_shoulders": 3.4, "torso_twist": 35.0}
GOOD = {"forward_lean": 2.0, "hunched_shoulders": 0.0, "torso_twist": 26.0}
OUT = {"forward_lean": 14.0, "hunched_shoulders": 6.0, "torso_twist": 45.0}
WORDS = {"forward_lean": "Stand taller", "hunched_shoulders": "Relax your shoulders", "torso_twist": "Chest forward"}
SHORT = {"forward_lean": "lean", "hunched_shoulders": "shoulders", "torso_twist": "twist"}

_NAMES = count(1)


@dataclass
class Made:
    """What a run is like.

    :param spells: fault, beginning and end of each time that it was there, in seconds; a cue comes after 5 s, and it is
        mended at the end.
    :param drift: how much is added to each measure from beginning to end.
    :param watched: the faults that are judged.
    """

    minutes: float = 20.0
    spells: Sequence[tuple[str, float, float]] = (
        ("forward_lean", 200.0, 230.0),
        ("hunched_shoulders", 500.0, 620.0),
        ("torso_twist", 900.0, 930.0),
    )
    runner: str = ""
    view: str = "oblique"
    azimuth_deg: float | None = 45.0
    begun: datetime | None = BEGUN
    baseline: str | None = "learned"
    watched: Sequence[str] = FAULTS
    drift: dict[str, float] = field(default_factory=dict)
    turn_drift: float = 0.0
    cadence_spm: float = 170.0
    closed: str = "end"
    software: str = "0.1.0"
    model: str = "movenet"
    text: str | None = None
    events: Sequence[str] = ()
    strides: bool = True


def add(store: Store, made: Made, poses: Path | None = None) -> int:
    """Put a run into the database; its number comes back.

    :param poses: the state folder, to keep key points as well.
    """
    seconds = 60 * made.minutes
    t_s = np.arange(STRIDE_S, seconds, STRIDE_S)
    values = {fault: _values(made, fault, t_s) for fault in FAULTS}
    uuid = f"run-{next(_NAMES)}"
    when = [None, None] if made.begun is None else [made.begun, made.begun + timedelta(seconds=seconds)]
    size = _poses(made, log_path(poses, uuid), seconds) if poses is not None else None
    row = {
        "uuid": uuid,
        "runner": made.runner,
        "begun_utc": when[0] and f"{when[0]:%Y-%m-%dT%H:%M:%SZ}",
        "ended_utc": when[1] and f"{when[1]:%Y-%m-%dT%H:%M:%SZ}",
        "clock_ok": int(made.begun is not None),
        "closed": made.closed,
        "duration_s": seconds,
        "seen_s": 0.97 * seconds,
        "running_s": 0.95 * seconds,
        "seen_share": 0.97 if seconds else None,
        "steps": round(seconds * made.cadence_spm / 60),
        "cadence_spm": made.cadence_spm if seconds else None,
        "view": made.view,
        "azimuth_deg": made.azimuth_deg,
        "confidence": 0.82 if seconds else None,
        "software": made.software,
        "model": made.model,
        "model_sha256": "m" * 64,
        "settings_sha256": "s" * 64,
        "poses_bytes": size,
        "strides_kept": int(made.strides),
    }
    with store.change() as db:
        db.execute("INSERT OR IGNORE INTO settings VALUES (?, '')", ("s" * 64,))
        _insert(db, "runs", [row])
        run = int(db.execute("SELECT max(id) FROM runs").fetchone()[0])
        _insert(db, "strides", _strides(made, run, t_s, values) if made.strides else [])
        _insert(db, "tallies", [_tally(made, run, fault, values[fault], seconds) for fault in FAULTS])
        _insert(db, "episodes", _episodes(made, run))
        _insert(db, "cues", _cues(made, run))
        if made.baseline is not None:
            known = {"view": made.view, "azimuth_deg": made.azimuth_deg, "lean_deg": 2.0, "twist_deg": 26.0}
            learned = {"run": run, "number": 1, "t_s": 14.0, "kind": made.baseline, **known, "json": "{}"}
            _insert(db, "baselines", [learned])
        events = [
            {"run": run, "number": number, "t_s": 60.0, "kind": kind, "json": json.dumps({})}
            for number, kind in enumerate(made.events, 1)
        ]
        _insert(db, "events", events)
    return run


def _values(made: Made, fault: str, t_s: np.ndarray) -> np.ndarray:
    wave = 0.3 * np.sin(1.7 * np.arange(len(t_s)))
    grown = made.drift.get(fault, 0.0) * (t_s / t_s[-1] if len(t_s) else t_s)
    values = GOOD[fault] + wave + grown
    for name, begun_s, ended_s in made.spells:
        if name == fault:
            values = np.where((t_s >= begun_s) & (t_s < ended_s), OUT[fault] + wave, values)
    return values


def _strides(made: Made, run: int, t_s: np.ndarray, values: dict[str, np.ndarray]) -> list[dict[str, object]]:
    lean, raised, twist = (values[fault] for fault in FAULTS)
    middle = made.turn_drift * t_s / (t_s[-1] if len(t_s) else 1.0)
    rows = []
    for place, time_s in enumerate(t_s):
        row: dict[str, object] = {
            "run": run,
            "stride": place + 7,
            "t_s": float(time_s),
            "view": made.view,
            "azimuth_deg": made.azimuth_deg,
            "confidence": 0.82,
            "cadence_spm": made.cadence_spm,
            "lean_deg": float(lean[place]),
            "twist_deg": float(twist[place]),
            "raised_pct": float(raised[place]),
            "rounded_pct": 0.2,
            "head_forward_pct": 0.3,
            "yaw_left_deg": float(twist[place] / 2 - middle[place]),
            "yaw_right_deg": float(twist[place] / 2 + middle[place]),
        }
        for fault in FAULTS:
            short, known = SHORT[fault], fault in made.watched
            row[short] = float(values[fault][place]) if known else None
            row[f"{short}_limit"] = LIMITS[fault] if known else None
            row[f"{short}_clear"] = 0.6 * LIMITS[fault] if known else None
        row["shoulders_measure"] = "raised" if "hunched_shoulders" in made.watched else None
        rows.append(row)
    return rows


def _tally(made: Made, run: int, fault: str, values: np.ndarray, seconds: float) -> dict[str, object]:
    known = fault in made.watched and seconds > 0
    mine = [one for one in made.spells if one[0] == fault] if known else []
    return {
        "run": run,
        "fault": fault,
        "watched_s": 0.9 * seconds if known else 0.0,
        "on_s": sum(ended - begun for _, begun, ended in mine),
        "strides": len(values) if known else 0,
        "out_strides": int((values > LIMITS[fault]).sum()) if known else 0,
        "value_mean": float(values.mean()) if known and len(values) else None,
        "cues": len(mine),
        "mended": len(mine),
    }


def _episodes(made: Made, run: int) -> list[dict[str, object]]:
    return [
        {"run": run, "number": number, "fault": fault, "measure": "", "begun_s": begun, "ended_s": ended,
         "value_max": OUT[fault], "limit_": LIMITS[fault], "mended": 1}
        for number, (fault, begun, ended) in enumerate(made.spells, 1)
    ]  # fmt: skip


def _cues(made: Made, run: int) -> list[dict[str, object]]:
    return [
        {"run": run, "number": number, "t_s": begun + 5, "kind": "cue", "fault": fault,
         "text": made.text or WORDS[fault], "measure": "", "value": OUT[fault], "limit_": LIMITS[fault],
         "mended_s": ended}
        for number, (fault, begun, ended) in enumerate(made.spells, 1)
    ]  # fmt: skip


def _poses(made: Made, path: Path, seconds: float) -> int:
    def man(t_s: float) -> stickman.Stickman:
        on = {fault for fault, begun_s, ended_s in made.spells if begun_s <= t_s < ended_s}
        return stickman.Stickman(
            lean_deg=OUT["forward_lean"] if "forward_lean" in on else 2.0,
            twist_deg=OUT["torso_twist"] if "torso_twist" in on else 26.0,
            raise_mm=30.0 if "hunched_shoulders" in on else 0.0,
            azimuth_deg=made.azimuth_deg or 45.0,
        )

    path.parent.mkdir(exist_ok=True)
    writer = PoseWriter(path)
    writer.append(encode([(pose.t_s, pose) for pose in stickman.poses(man, seconds, fps=12.0)]))
    assert writer.size is not None
    return writer.size


def _insert(db: object, table: str, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        sql = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})"
        db.executemany(sql, [tuple(row.values()) for row in rows])  # type: ignore[attr-defined]
