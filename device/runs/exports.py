"""A run in a file, for other tools: CSV, JSON, and key points as NumPy's ``.npz``."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from device.errors import UsageError
from device.poses.log import write_log
from device.runs import log_path
from device.runs.store import TABLES, Store

FORMAT = "form-coach run"
VERSION = 1

_EMBEDDED = ("baselines", "events")
"""Tables with a column that is JSON itself."""


def csv_text(store: Store, number: int, table: str) -> str:
    """One table of a run as CSV, with a line of names; empty where not known."""
    names = [column["name"] for column in store.rows(f"PRAGMA table_info({table})")]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    rows = [store.run(number) or {}] if table == "runs" else store.table(table, number)
    writer.writerows([row[name] for name in names] for row in rows)
    return text.getvalue()


def json_text(store: Store, number: int) -> str:
    """All of a run but its key points, as JSON: ``run``, ``settings`` (TOML) and a list of records for each table."""
    record: dict[str, Any] = {"format": FORMAT, "version": VERSION, "run": store.run(number)}
    record["settings"] = store.settings(number)
    for table in TABLES:
        rows = store.table(table, number)
        for row in rows:
            del row["run"]
            if table in _EMBEDDED:
                row["json"] = json.loads(row["json"])
        record[table] = rows
    parts = ",\n".join(f"{json.dumps(name)}: {_lines(value)}" for name, value in record.items())
    return "{" + parts + "}\n"


def write_npz(store: Store, place: Path, number: int, target: Path) -> str | None:
    """A run's key points as a key-point log, a SOURCE of ``form-coach replay``; what could not be read comes back.

    :raises UsageError: the run has no key points.
    :raises SourceError: they cannot be read.
    :raises OSError: the file cannot be written.
    """
    from device.runs.poselog import PoseLog

    run = store.run(number)
    assert run is not None
    path = log_path(place, run["uuid"])
    if run["poses_bytes"] is None or not path.exists():
        raise UsageError(f"run {number} has no key points (any more): they make room for those of newer runs")
    log = PoseLog(path)
    write_log(target, log.t_s, log.keypoints, log.width_px, log.height_px, log.sigma_px)
    return log.trouble


def _lines(value: Any) -> str:
    """JSON with a line for each record of a list."""
    if isinstance(value, list):
        return "[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in value) + "]"
    return json.dumps(value, ensure_ascii=False)
