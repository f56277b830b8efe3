"""Many clips at once; every clip's trouble is told at the end."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from synthetic.meter import Meter

from device.errors import SourceError

from .errors import ScoreError

Task = TypeVar("Task")
Result = TypeVar("Result")


def each(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, meter: Meter, sizes: Sequence[float]
) -> list[Result]:
    """``work(task)`` for every task, ``jobs`` at a time, in the tasks' order.

    :param work: a function at the top of a module; it runs in a process of its own.
    :param sizes: how much there is to do in each task, for the time left.
    :raises ScoreError: with the reasons of all tasks that failed, once the others are done.
    """
    results: dict[int, Result] = {}
    problems: list[str] = []
    done, total = 0.0, sum(sizes)
    if not tasks:
        return []
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), multiprocessing.get_context("spawn"), _begin)
    try:
        # The long ones first, so that no processor is left with one at the end.
        order = sorted(range(len(tasks)), key=lambda index: -sizes[index])
        futures: dict[Future[Result], int] = {pool.submit(work, tasks[index]): index for index in order}
        for future in as_completed(futures):
            index = futures[future]
            try:
                results[index] = future.result()
            except ScoreError as error:
                problems += error.problems
            except SourceError as error:
                problems.append(str(error))
            done += sizes[index]
            meter(round(done), round(total))
    except BrokenProcessPool as error:
        raise ScoreError(["a process ended before its work was done (out of memory?); start again to go on"]) from error
    finally:
        # Whoever stops does not wait for the clips at work; what was finished is kept.
        if len(results) + len(problems) < len(tasks):
            for child in multiprocessing.active_children():
                child.terminate()
        pool.shutdown(cancel_futures=True)
    if problems:
        raise ScoreError(sorted(problems))
    return [results[index] for index in range(len(tasks))]


def _begin() -> None:
    """Leave Ctrl-C to the process that waits for all."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
