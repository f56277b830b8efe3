"""docs/link.md says what is so, and its examples work."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from linking import Linked, at_work
from memory_coach import moment

from device.link.protocol import COMMANDS, hello, parse
from device.records import Event

PAGE = (ROOT / "docs" / "link.md").read_text()
EXAMPLES = re.findall(r"^    (echo .*socat .*?)(?: +#.*)?$", PAGE, re.MULTILINE)


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Linked]:
    with at_work(tmp_path) as made:
        yield made


def test_every_command_and_its_fields_are_described() -> None:
    """The table holds each command with its very fields, no others, and so does `help`."""
    rows = dict(re.findall(r"^\| `([a-z]+)` \|([^|]*)\|", PAGE.split("## What watchers get")[0], re.MULTILINE))
    rows.pop("do", None)
    assert set(rows) == set(COMMANDS)
    for name, command in COMMANDS.items():
        assert set(re.findall(r"`([a-z]+)`", rows[name])) == set(command.fields), name
        for field in command.fields:
            assert f"{field}:" in command.what


def test_every_field_that_is_sent_is_described(linked: Linked) -> None:
    """What stands in a live line, in settings and in an answer stands on the page."""
    linked.link.publish(moment(1.0))
    talker = linked.talker()
    told = talker.ask("snapshot")
    live, settings = told["live"], told["settings"]
    told_of = [*live, *live["pose"], *live["posture"], *live["faults"][0], *settings, "now", "commands", "columns"]
    for field in told_of:
        assert f"`{field}`" in PAGE or f'"{field}"' in PAGE, field


def test_the_first_line_is_that_of_the_page() -> None:
    """Word for word."""
    assert f"    {hello().decode()}" in PAGE


@pytest.mark.skipif(shutil.which("socat") is None, reason="needs socat (apt install socat)")
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_work_as_they_stand(linked: Linked, example: str) -> None:
    """In a shell, against a coach: each brings the hello and a good answer; the one that watches goes on watching."""
    watches = "watch" in example
    linked.publish(fps=30, events=lambda number: (Event(float(number), "muted", {}),))
    shell = subprocess.Popen(
        ["bash", "-c", f"link={linked.path}; {example}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert shell.stdout is not None
    messages = [json.loads(line) for line in itertools.islice(shell.stdout, 60)]
    assert (shell.poll() is None) or not watches
    with contextlib.suppress(ProcessLookupError):
        os.killpg(shell.pid, signal.SIGTERM if watches else 0)
    complaints = shell.communicate(timeout=10)[1]
    assert watches or complaints == ""
    assert [message["kind"] for message in messages[:2]] == ["hello", "answer"]
    assert messages[1]["ok"]
    if watches:
        assert {message["kind"] for message in messages[2:]} == {"settings", "live", "event", "health"}
    else:
        assert len(messages) == 2


def test_the_page_has_examples_and_they_are_commands() -> None:
    """Those above are not tested on an empty list."""
    assert len(EXAMPLES) >= 5
    for example in EXAMPLES:
        parse(re.search(r"'(.*)'", example)[1].encode())  # type: ignore[index]
