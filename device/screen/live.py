"""The running coach as a source: its live link, found again whenever it is lost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from device.link.client import Lines, check_hello, ended, no_connection, refused, request
from device.screen.source import Preview
from device.screen.trace import Point

RETRY_S = 1.0
"""How often the coach is looked for."""

SILENT_S = 6.0
"""A coach that tells its health each second and now nothing for this long hangs."""

ANSWER_S = 5.0
"""An answer that takes longer is not waited for."""

PAST_S = 600
"""What limits are tried on: the last ten minutes."""

PAST_FRESH_S = 20.0
"""The past is not asked for again sooner: ten minutes change little in that time."""


class LiveSource:
    """Watches a coach through its socket.

    :param path: the socket; it need not be there yet.
    :param hz: moments a second.
    """

    def __init__(self, path: Path, hz: float = 10.0) -> None:
        self._path = path
        self._hz = hz
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._count = 0
        self._past: tuple[float, list[Any]] | None = None

    async def messages(self) -> AsyncIterator[Mapping[str, Any]]:
        """What the coach tells; when it is gone, that, and again what it tells once it is back."""
        told = ""
        while True:
            why = "the coach has gone"
            try:
                reader, self._writer = await asyncio.open_unix_connection(str(self._path))
                async for message in self._heard(reader):
                    if message.get("kind") == "up":
                        told = ""
                        message = {"kind": "link", "up": True}
                    yield message
            except TimeoutError:
                why = "it has said nothing for a while: it hangs, or the computer is overloaded"
            except OSError as error:
                why = str(no_connection(error, self._path))
            finally:
                await self._hang_up()
            if why != told:
                told = why
                yield {"kind": "link", "up": False, "why": f"{why}; looking for it again"}
            await asyncio.sleep(RETRY_S)

    async def _heard(self, reader: asyncio.StreamReader) -> AsyncIterator[Mapping[str, Any]]:
        """The messages of one connection: first "up", once it is sure that it is a coach."""
        lines, known = Lines(), False
        while came := await asyncio.wait_for(reader.read(1 << 16), SILENT_S):
            for message in lines.feed(came):
                kind = message.get("kind")
                if not known:
                    check_hello(message)
                    known = True
                    yield {"kind": "up"}
                    self._send("watch", 0, hz=self._hz)
                elif kind == "bye":
                    raise ended(message)
                elif kind != "answer":
                    yield message
                elif message.get("id") == 0 and message.get("ok") is not True:
                    raise refused(message)
                else:
                    self._answered(message)

    async def ask(self, do: str, **fields: Any) -> Mapping[str, Any]:
        """Ask the coach; an answer that does not come is one that says so."""
        if self._writer is None:
            return {"ok": False, "why": "the coach is not connected: nothing was changed"}
        self._count += 1
        number = self._count
        future: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[number] = future
        self._send(do, number, **fields)
        try:
            return await asyncio.wait_for(future, ANSWER_S)
        except TimeoutError:
            return {"ok": False, "why": f"the coach did not answer within {ANSWER_S:.0f} s"}
        finally:
            self._asked.pop(number, None)

    async def preview(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> Preview | None:
        """Compare settings over the last ten minutes."""
        rows = await self.past()
        if not rows:
            return None
        from device.screen import judging  # lazily: NumPy takes a while

        try:
            counts = await asyncio.to_thread(judging.compare_rows, rows, before, now)
        except ValueError:  # a coach of another version tells them in another way
            return None
        return Preview("in the last ten minutes", *counts)

    async def traces(self, values: Mapping[str, Any]) -> Mapping[str, Sequence[Point]]:
        """What the traces were before now."""
        rows = await self.past()
        if not rows:
            return {}
        from device.screen import judging

        try:
            return await asyncio.to_thread(judging.past_points, rows, values)
        except ValueError:
            return {}

    async def past(self, fresh_s: float = PAST_FRESH_S) -> list[Any]:
        """The postures of the last ten minutes as rows; [] if the coach does not tell them."""
        now_s = time.monotonic()
        if self._past is None or now_s - self._past[0] > fresh_s:
            answer = await self.ask("past", seconds=PAST_S)
            rows = answer.get("postures")
            if answer.get("ok") is not True or not isinstance(rows, list):
                return []
            self._past = now_s, rows
        return self._past[1]

    async def close(self) -> None:
        """End the connection."""
        await self._hang_up()

    def _send(self, do: str, number: int, **fields: Any) -> None:
        if self._writer is not None:
            self._writer.write(request(do, number, **fields))

    def _answered(self, message: Mapping[str, Any]) -> None:
        number = message.get("id")
        future = self._asked.get(number) if isinstance(number, int) else None
        if future is not None and not future.done():
            future.set_result(message)

    async def _hang_up(self) -> None:
        writer, self._writer = self._writer, None
        self._past = None
        for future in self._asked.values():
            if not future.done():
                future.set_result({"ok": False, "why": "the connection was lost before the coach had answered"})
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 1.0)
