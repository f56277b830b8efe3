"""The socket itself: who may come in, and what happens to what is in its place."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from linking import Linked, at_work, until

from device.link import server


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look after the socket often."""
    monkeypatch.setattr(server, "CHECK_S", 0.05)


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Linked]:
    with at_work(tmp_path) as made:
        yield made


def test_owner_and_group_may_come_in_and_nobody_else(tmp_path: Path) -> None:
    """0660, whatever the umask; nothing else is left in the folder."""
    before = os.umask(0o077)
    try:
        with at_work(tmp_path) as linked:
            found = linked.path.stat()
            assert stat.S_ISSOCK(found.st_mode)
            assert stat.S_IMODE(found.st_mode) == 0o660
            assert os.listdir(tmp_path) == ["link.sock"]
    finally:
        os.umask(before)
    assert os.listdir(tmp_path) == []


def test_what_a_dead_coach_left_is_replaced(tmp_path: Path) -> None:
    """A socket that nobody answers at does not keep the next coach from its link."""
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(tmp_path / "link.sock"))
    left.close()
    with at_work(tmp_path) as linked:
        assert until(lambda: linked.link._door.standing)
        assert not linked.journal.troubles
        assert linked.talker().ask("help")["ok"]


def test_a_living_coach_keeps_its_socket(tmp_path: Path, linked: Linked) -> None:
    """A second coach says that another answers there, goes on, and takes over once the first has ended."""
    second = Linked(tmp_path)
    second.start()
    try:
        assert until(lambda: "another coach answers" in second.journal.troubles.get("link", ""))
        assert linked.talker().ask("mute")["muted"]
        assert linked.coach.muted
        assert not second.coach.muted
        linked.link.stop()
        assert linked.link.join(5)
        assert until(lambda: second.link._door.standing)
        assert not second.journal.troubles
        assert second.talker().ask("mute")["muted"]
        assert second.coach.muted
    finally:
        second.close()


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    """A file in the way is somebody's: it is told, stays, and once it is gone the link is there."""
    (tmp_path / "link.sock").write_text("mine")
    linked = Linked(tmp_path)
    linked.start()
    assert until(lambda: "is no socket; remove it" in linked.journal.troubles.get("link", ""))
    assert (tmp_path / "link.sock").read_text() == "mine"
    (tmp_path / "link.sock").unlink()
    assert until(lambda: linked.link._door.standing)
    assert not linked.journal.troubles
    linked.close()


def test_a_folder_that_vanishes_and_comes_back(tmp_path: Path) -> None:
    """Who is connected stays so; the trouble is told once, and the socket is made again."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    with at_work(folder) as linked:
        talker = linked.talker()
        folder.joinpath("link.sock").unlink()
        folder.rmdir()
        assert until(lambda: "link" in linked.journal.troubles)
        assert talker.ask("help")["ok"]
        folder.mkdir()
        assert until(lambda: linked.link._door.standing)
        assert talker.ask("help")["ok"]
        assert linked.talker().ask("help")["ok"]
        assert not linked.journal.troubles
        assert len(linked.told) == 2


def test_a_socket_that_is_deleted_comes_again(linked: Linked) -> None:
    """Clients find it at its place a moment later."""
    linked.path.unlink()
    assert until(lambda: linked.path.exists())
    assert linked.talker().ask("help")["ok"]


def test_a_folder_that_cannot_be_written_or_a_path_too_long(tmp_path: Path) -> None:
    """The coach is told in one line, and goes on."""
    for folder in (tmp_path / "missing", tmp_path / ("x" * 120)):
        linked = Linked(folder)
        if len(folder.name) > 100:
            folder.mkdir()
        linked.start()
        assert until(lambda linked=linked: "link" in linked.journal.troubles)
        assert "the coach cannot be tuned" in linked.journal.troubles["link"]
        assert len(linked.told) == 1
        linked.close()


def test_too_many_open_files_shut_the_door_for_a_while_only(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, does not keep the thread busy, and clients come in again afterwards."""
    before = linked.talker()

    class Full:
        def __init__(self, real: socket.socket) -> None:
            self.real = real

        def accept(self) -> None:
            raise OSError(24, "Too many open files")

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

    real = linked.link._door.socket
    assert real is not None
    linked.link._door.socket = Full(real)  # type: ignore[assignment]
    with pytest.raises((EOFError, ConnectionError)):
        linked.talker()
    assert "Too many open files" in linked.told[0]
    assert before.ask("help")["ok"]
    assert until(lambda: linked.link._door.standing)
    assert linked.talker().ask("help")["ok"]
    assert not linked.journal.troubles
