"""Room for new runs: key points of the oldest go first, then their strides; a run's own line stays until deleted."""

from __future__ import annotations

from pathlib import Path

from device.runs.poselog import SUFFIX
from device.runs.store import Store


def make_room(store: Store, poses: Path, largest_bytes: int) -> list[str]:
    """Bring all runs together below a size, but for the newest run, which keeps all it has; what went comes back.

    :param poses: the folder of the key-point logs.
    :raises StoreError: the database cannot be changed.
    :raises OSError: a log cannot be deleted.
    """
    logs = {path.stem: path.stat().st_size for path in poses.glob(f"*{SUFFIX}")} if poses.is_dir() else {}
    total = store.size_bytes() + sum(logs.values())
    if total <= largest_bytes:
        return []
    runs = store.rows("SELECT id, uuid, strides_kept FROM runs ORDER BY id")
    known = {run["uuid"] for run in runs}
    gone = []
    for name in sorted(set(logs) - known):  # of a database that was damaged
        if total > largest_bytes:
            (poses / f"{name}{SUFFIX}").unlink(missing_ok=True)
            total -= logs[name]
            gone.append(f"key points of a run that is no longer known ({name[:8]})")
    for run in runs[:-1]:
        if total > largest_bytes and run["uuid"] in logs:
            forget_poses(store, poses, run["id"], run["uuid"])
            total -= logs[run["uuid"]]
            gone.append(f"key points of run {run['id']}")
    for run in runs[:-1]:
        if total > largest_bytes and run["strides_kept"]:
            before = store.size_bytes()
            store.drop_strides(run["id"])
            total -= before - store.size_bytes()
            gone.append(f"strides of run {run['id']}")
    return gone


def forget_poses(store: Store, poses: Path, number: int, name: str) -> None:
    """Delete the key-point log of a run."""
    (poses / f"{name}{SUFFIX}").unlink(missing_ok=True)
    with store.change() as db:
        db.execute("UPDATE runs SET poses_bytes = NULL WHERE id = ?", (number,))
