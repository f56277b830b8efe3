"""The self-test: whether all that coaching needs is there and works; and where not, what to do.

A new check is a function that returns a :class:`Result`, plus a line in :func:`device.doctor.checklist.checklist`.  It
looks and measures, and changes nothing; it may fail or hang in any way, since each runs in a process of its own
(:mod:`device.doctor.trial`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

STATES = ("ok", "warn", "bad", "none")
"""Fine; works, but see to it; must be mended; not applicable here."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found.

    :param state: one of :data:`STATES`.
    :param detail: what was found and measured; with "none", why this does not apply.
    :param remedy: what to do about it; "" where nothing is to be done.
    """

    state: str
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    :param name: a word for it.
    :param run: does it.
    :param limit_s: after this long without an answer it hangs.
    :param stuck: what to do then.
    """

    name: str
    run: Callable[[], Result]
    limit_s: float = 10.0
    stuck: str = "restart the computer; if it hangs again, report it with the output of this command"


def ok(detail: str) -> Result:
    """All is well."""
    return Result("ok", detail)


def warn(detail: str, remedy: str) -> Result:
    """It works, but somebody should see to it."""
    return Result("warn", detail, remedy)


def bad(problem: str, remedy: str) -> Result:
    """It must be mended.

    :param problem: what is wrong; a remedy in it ("…; remedy: …", as many errors have) is used in place of the other.
    """
    detail, _, own = problem.partition("; remedy: ")
    return Result("bad", detail, own or remedy)


def none(reason: str) -> Result:
    """There is nothing to check here."""
    return Result("none", reason)
