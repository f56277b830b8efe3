"""A recorded run as a source: it can be gone through, and judged anew with other limits, by the engine's own parts."""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from device.errors import FormCoachError
from device.link.lines import live
from device.posture import PostureCore
from device.records import Cue, Moment, Pose
from device.runs.poselog import Log
from device.screen import judging, knobs
from device.screen.judging import Verdict
from device.screen.knobs import KNOBS
from device.screen.seen import Line, RunSeen
from device.screen.source import Preview
from device.screen.trace import SPAN_S, Point
from device.settings import Settings
from device.tuning import rights
from device.tuning.store import Store
from device.whatif import Remembered, judged

FRAME_S = 0.1
"""How often a run that plays is shown anew."""

_AT_ONCE = 2000
"""Poses read before it is told how far that is: a fraction of a second."""


class RecordedSource:
    """A key-point log, gone through.

    :param log: the log.
    :param path: the settings file that limits are saved to.
    :param settings: those to begin with.
    """

    def __init__(self, log: Log, path: Path, settings: Settings) -> None:
        self._log = log
        self._path = path
        self._saved = self._settings = settings
        self._known: list[Remembered] = []
        self._old: Sequence[Cue] = ()
        self._new: Sequence[Cue] = ()
        self._verdicts: list[Verdict] = []
        self._points: dict[str, list[Point]] = {}
        self._cues: tuple[Line, ...] = ()
        times = log.t_s
        self._begin_s, self._end_s = (float(times[0]), float(times[-1])) if times.size else (0.0, 0.0)
        self._t_s = self._begin_s
        self._playing = False
        self._reading = 0.0
        self._news: asyncio.Event = asyncio.Event()
        self._judging = asyncio.Lock()

    async def messages(self) -> AsyncIterator[Mapping[str, Any]]:
        """The run: first how it is read, then wherever it is gone to."""
        yield {"kind": "link", "up": True}
        yield {"kind": "settings", "values": knobs.flat(self._settings)}
        reading = self._read()
        while (share := await asyncio.to_thread(next, reading, None)) is not None:
            self._reading = share
            yield {"kind": "run", "run": self._run()}
        self._old = await asyncio.to_thread(self._judge, self._settings)
        self._reading = 1.0
        self._told()
        played_s = time.monotonic()
        while True:
            now_s = time.monotonic()
            if self._playing:
                self._go(self._t_s + now_s - played_s)
                self._playing &= self._t_s < self._end_s
            played_s = now_s
            self._news.clear()
            for message in self._here():
                yield message
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), FRAME_S if self._playing else None)

    async def ask(self, do: str, **fields: Any) -> Mapping[str, Any]:
        """Go somewhere ("seek", "play"), change limits ("set"), or write them down ("save")."""
        if do == "seek":
            by_s = fields.get("by_s")
            share = fields.get("share", 0.0)
            self._go(self._t_s + by_s if by_s is not None else self._begin_s + share * (self._end_s - self._begin_s))
        elif do == "play":
            self._playing = not self._playing
            if self._playing and self._t_s >= self._end_s:
                self._go(self._begin_s)
        elif do == "set":
            return await self._set(fields["changes"])
        elif do == "save":
            return await self._save()
        self._news.set()
        return {"ok": True}

    async def preview(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> Preview | None:
        """What the limits make of the run, beside what those in the settings file make of it."""
        return Preview("in this run", judging.count(self._old), judging.count(self._new))

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _set(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        wanted = knobs.settings({**knobs.flat(self._settings), **changes})
        if wrong := wanted.contradictions():
            return {"ok": False, "why": wrong[0]}
        async with self._judging:
            await asyncio.to_thread(self._judge, wanted)
            self._settings = wanted
        self._told()
        values = knobs.flat(wanted)
        return {"ok": True, "now": {key: values[key] for key in changes}, "values": values}

    async def _save(self) -> Mapping[str, Any]:
        values, saved = knobs.flat(self._settings), knobs.flat(self._saved)
        changes = {knob.key: values[knob.key] for knob in KNOBS if values[knob.key] != saved[knob.key]}
        if not changes:
            return {"ok": False, "why": "nothing to save: the limits are those of the settings"}
        try:
            await asyncio.to_thread(Store(self._path).set, changes, rights.user())
        except FormCoachError as error:
            return {"ok": False, "why": " ".join(str(error).split())}
        self._saved, self._old = self._settings, self._new
        self._told()
        return {"ok": True, "what": f"saved to {self._path}: {', '.join(changes)}"}

    def _read(self) -> Iterator[float]:
        """Work out the postures; how far it is comes out on the way."""
        core, refused = PostureCore(self._settings), ""
        whole = max(1, len(self._log.t_s))
        for count, pose in enumerate(self._log.poses()):
            if count % _AT_ONCE == 0:
                yield count / whole
            posture = core.step(pose)
            news = core.dropped or core.refused != refused  # what is said of that is judged with it
            refused = core.refused
            self._known.append(Remembered(posture, core.dropped, refused if news else ""))

    def _judge(self, settings: Settings) -> Sequence[Cue]:
        """Judge the run with these limits."""
        self._new = judged(self._known, settings)
        self._verdicts = judging.verdicts((one.posture for one in self._known), settings)
        self._points = judging.points(self._verdicts)
        return self._new

    def _told(self) -> None:
        """What is said may be something else now."""
        self._cues = judging.side_by_side(self._old, self._new)
        self._news.set()

    def _go(self, t_s: float) -> None:
        self._t_s = min(max(t_s, self._begin_s), self._end_s)

    def _run(self) -> RunSeen:
        unsaved = self._settings != self._saved
        return RunSeen(self._t_s, self._begin_s, self._end_s, self._playing, self._reading, unsaved, self._cues)

    def _here(self) -> Iterator[Mapping[str, Any]]:
        """All there is to show where the run stands."""
        yield {"kind": "settings", "values": knobs.flat(self._settings)}
        if self._known and self._verdicts:
            index = max(0, bisect.bisect_right(self._log.t_s, self._t_s) - 1)
            log = self._log
            pose = Pose(float(log.t_s[index]), log.keypoints[index], log.width_px, log.height_px)
            at = bisect.bisect_right(self._verdicts, index, key=lambda verdict: verdict.index) - 1
            moment = Moment(pose, self._known[index].posture, self._verdicts[at].faults)
            yield live(moment, self._settings, False)
        window = {
            fault: points[bisect.bisect(points, self._t_s - SPAN_S - 10, key=lambda point: point.t_s) :]
            for fault, points in self._points.items()
        }
        yield {"kind": "traces", "points": window}
        yield {"kind": "run", "run": self._run()}
