"""Runs a check so that nothing it does can harm the others: drivers hang, runtimes crash, libraries chatter.

Each check runs in a process of its own, which is ended when its time is up.  A thread would not do: one that hangs in a
driver may hold Python's lock, and one that crashes takes everything with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import tempfile
import time
from typing import IO, Any, NoReturn

from device.doctor import STATES, Check, Result, bad
from device.errors import FormCoachError

REPORT = "report it, with the output of this command"
REINSTALL = "run scripts/install again; if it happens again, report it with the output of this command"

_FAREWELL_S = 1.0
"""How long a process may take to be gone after its answer, or after it was killed."""


def examine(check: Check) -> tuple[Result, float]:
    """What a check found, and how many seconds it took.  Returns soon after the check's time is up, whatever happens.

    The caller must have one thread only, as the process is copied.
    """
    began_s = time.monotonic()
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as chatter, os.fdopen(reading, "rb", buffering=0) as answers:
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _answer(check, writing, chatter)
        with contextlib.suppress(OSError):  # the child does the same: whoever comes first
            os.setpgid(child, child)  # what the check starts ends with it, and Ctrl-C is for the doctor alone
        os.close(writing)
        try:
            answer = _wait(answers, began_s + check.limit_s)
        finally:
            status = _end(child)
        result = _understand(answer, check, status, chatter)
    return result, time.monotonic() - began_s


def _answer(check: Check, writing: int, chatter: IO[bytes]) -> NoReturn:
    """In the new process: run the check, write what it found, and be gone without any cleaning up that could hang."""
    with contextlib.suppress(BaseException):
        os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for stream, to in ((0, nothing), (1, chatter.fileno()), (2, chatter.fileno())):
            os.dup2(to, stream)
        result = _run(check)
        answer = json.dumps([result.state, result.detail, result.remedy]).encode()
        while answer:
            answer = answer[os.write(writing, answer) :]
    os._exit(0)


def _run(check: Check) -> Result:
    try:
        return check.run()
    except FormCoachError as error:
        return bad(str(error), REPORT)
    except Exception as error:  # a check that fails is a finding, and the other checks are still wanted
        return bad(f"the check failed: {type(error).__name__}: {error}", REPORT)


def _wait(answers: Any, until_s: float) -> bytes | None:
    """All that the process wrote until it closed its end; None when time ran out before."""
    said = b""
    while (left_s := until_s - time.monotonic()) > 0:
        if select.select([answers], [], [], left_s)[0]:
            part = answers.read(65536)
            if not part:
                return said
            said += part
    return None


def _end(child: int) -> int | None:
    """End the process and all it started; its status, None if it cannot be ended: it is stuck inside the kernel."""
    status = _gone(child, 0.1)
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    return _gone(child, _FAREWELL_S) if status is None else status


def _gone(child: int, within_s: float) -> int | None:
    until_s = time.monotonic() + within_s
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        if time.monotonic() >= until_s:
            return None
        time.sleep(0.005)


def _understand(answer: bytes | None, check: Check, status: int | None, chatter: IO[bytes]) -> Result:
    if answer is None:
        return bad(f"hangs: no answer within {check.limit_s:.0f} s", check.stuck)
    try:
        state, detail, remedy = json.loads(answer)
    except ValueError:
        how = "without an answer"
        if status is not None and os.WIFSIGNALED(status):
            how = f"({signal.Signals(os.WTERMSIG(status)).name})"
        last = _last_line(chatter)
        return bad(f"crashes {how}{': ' + last if last else ''}", REINSTALL)
    return Result(state if state in STATES else "bad", detail, remedy)


def _last_line(chatter: IO[bytes]) -> str:
    chatter.seek(0, os.SEEK_END)
    chatter.seek(max(chatter.tell() - 2000, 0))
    lines = chatter.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
