"""A coach that only answers: it speaks the link's language, and says what the test wants."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from device.link.protocol import FORMAT, NAME, VERSION
from device.live import status

Answers = Callable[[dict[str, Any]], dict[str, Any] | None]


@contextmanager
def coach(runtime: Path, settings: Path | None, answers: Answers) -> Iterator[list[str]]:
    """Run it in a runtime folder; what it was asked comes back.

    :param answers: the fields of the answer to a request; None for no answer at all.
    """
    asked: list[str] = []

    class Client(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._tell({"kind": "hello", "format": FORMAT, "version": VERSION, "software": "0"})
            for line in self.rfile:
                request = json.loads(line)
                asked.append(request["do"])
                answer = answers(request)
                if answer is not None:
                    self._tell({"kind": "answer", "id": request.get("id"), "ok": True, **answer})

        def _tell(self, message: dict[str, Any]) -> None:
            self.wfile.write(json.dumps(message).encode() + b"\n")

    runtime.mkdir(exist_ok=True)
    status.write(runtime, {"settings": {"path": str(settings) if settings else None}})
    with socketserver.ThreadingUnixStreamServer(str(runtime / NAME), Client) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()
            status.remove(runtime)
            (runtime / NAME).unlink()


def taking(settings: Path) -> Answers:
    """A coach that takes what the file says."""
    from device import config
    from device.tuning import describing

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request["do"] == "reload":
            return {"generation": 2, "trouble": None}
        values = describing.values(config.load(settings))
        return {"settings": {"generation": 2, "profile": "", "path": str(settings), "values": values, "trouble": None}}

    return answer
