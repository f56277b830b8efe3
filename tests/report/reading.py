"""Reports of runs as made, and what stands in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import reported_runs
from reported_runs import Made

from device.advice import book
from device.advice.diary import Entry, add
from device.report import figures, material, page, poses
from device.runs import PoseLog, log_path, writing
from device.settings import PainSettings

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Read(HTMLParser):
    """A page taken apart: it is well formed, or this fails."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []
        self.text = " ".join(" ".join(self.words).replace("\N{NO-BREAK SPACE}", " ").split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style",):
            self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of all elements of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def report(
    folder: Path,
    *runs: Made,
    pain: tuple[Entry, ...] = (),
    language: str = "en",
    kept_poses: bool = False,
    shoes_km: float = 0.0,
) -> str:
    """The report of the last of some runs."""
    from device.advice import shoes

    own, rule = book.load(book.shipped(language)), PainSettings()
    with writing(folder)[0] as store:
        for made in runs:
            number = reported_runs.add(store, made, folder if kept_poses and made is runs[-1] else None)
        for entry in pain:
            add(store, runs[-1].runner, entry)
        if shoes_km:
            shoes.add(store, runs[-1].runner, "blue <b>Pegasus</b>", None, 500.0, shoes_km)
        m = material.read(store, number, own, rule, None)
        due = shoes.due(store, runs[-1].runner, 9.0)
    shown = None
    if kept_poses:
        log = PoseLog(log_path(folder, m.run["uuid"]))
        shown = poses.shown(m, figures.measures(m), figures.main_fault(figures.faults(m)), log)
    return page.html(m, page.Page(own, rule, shown, "" if shown else "There is no picture.", due))


def drawings(text: str) -> dict[str, str]:
    """Title and description of each drawing."""
    return dict(re.findall(r"<title id=[^>]*>([^<]*)</title><desc id=[^>]*>([^<]*)</desc>", text))
