"""The client: asks, watches, and says in a runner's words what keeps it from that."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from linking import Linked, at_work, until
from memory_coach import moment

from device.errors import FormCoachError
from device.link import client
from device.link.client import (
    Lines,
    LinkClient,
    LinkError,
    NoRightsError,
    NotRunningError,
    RefusedError,
    check_hello,
    link_path,
    no_connection,
    request,
)
from device.records import Event


@pytest.fixture
def linked(tmp_path: Path) -> Iterator[Linked]:
    with at_work(tmp_path) as made:
        yield made


def test_asks_and_is_answered(linked: Linked) -> None:
    """The answer comes back as the coach gave it; which version the coach has is known."""
    with LinkClient(linked.path) as link:
        assert link.software
        assert link.ask("set", changes={"forward_lean.on_deg": 14})["now"] == {"forward_lean.on_deg": 14}
        assert link.ask("mute", muted=None)["muted"] is True
        assert link.ask("mute", muted=False)["muted"] is False


def test_a_no_is_an_error_with_every_mistake(linked: Linked) -> None:
    """What the coach refuses is raised with its words; the connection is still good."""
    with LinkClient(linked.path) as link:
        with pytest.raises(RefusedError, match=r"cues\.gap_s") as refusal:
            link.ask("set", changes={"cues.gap_s": -1, "voice.language": "xx"})
        assert len(refusal.value.problems) == 2
        with pytest.raises(RefusedError, match="must be one of"):
            link.ask("nonsense")
        assert link.ask("help")["commands"]


def test_watches_and_asks_on_the_same_connection(linked: Linked) -> None:
    """What is watched meanwhile is not lost to an answer that is waited for."""
    linked.publish(fps=60, events=lambda number: (Event(float(number), "muted", {}),))
    with LinkClient(linked.path) as link:
        watched = link.watch(15)
        assert next(watched)["kind"] == "settings"
        times = []
        while len(times) < 100:
            if len(times) % 20 == 0:
                assert link.ask("settings")["ok"]
            if (message := next(watched))["kind"] == "event":
                times.append(message["event"]["t_s"])
        assert times == [times[0] + number for number in range(100)]


def test_there_is_no_coach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder, no socket, or one that is left over: it is not running, and how to start it."""
    with pytest.raises(NotRunningError, match="systemctl start form-coach"):
        LinkClient(tmp_path / "link.sock")
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(tmp_path / "link.sock"))
    left.close()
    with pytest.raises(NotRunningError):
        LinkClient(tmp_path / "link.sock")
    monkeypatch.setattr(client.folders, "runtime", lambda: None)
    with pytest.raises(NotRunningError):
        LinkClient()
    monkeypatch.setattr(client.folders, "runtime", lambda: tmp_path)
    assert link_path() == tmp_path / "link.sock"


def test_it_takes_the_group(tmp_path: Path) -> None:
    """Who is not in the socket's group is told the command that puts them there."""
    (tmp_path / "link.sock").touch()
    error = no_connection(PermissionError(errno.EACCES, "Permission denied"), tmp_path / "link.sock")
    assert isinstance(error, NoRightsError)
    group = (tmp_path / "link.sock").group()
    assert f"you are not in the group {group}: sudo usermod -aG {group} $USER, then log in anew" in str(error)
    missing = no_connection(PermissionError(errno.EACCES, "Permission denied"), tmp_path / "not" / "to" / "be" / "seen")
    assert "sudo usermod -aG form-coach $USER" in str(missing)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_another_user_has_no_rights(linked: Linked) -> None:
    """The socket itself keeps others out, and they read why."""
    folder = linked.folder
    while folder != Path("/"):
        folder.chmod(folder.stat().st_mode | 0o055)
        folder = folder.parent if folder.parent != Path("/tmp") else Path("/")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            LinkClient(linked.path)
        except NoRightsError as error:
            os.write(write, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    assert b"usermod -aG" in os.read(read, 1000)
    os.close(read)


def test_a_coach_that_goes_or_falls_silent_is_told(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whoever watches learns that it ended, and why; one that says nothing any more is not waited for without end."""
    link = LinkClient(linked.path)
    watched = link.watch()
    linked.link.stop()
    with pytest.raises(LinkError, match="it was stopped"):
        list(watched)
    with pytest.raises(LinkError, match="gone"):
        link.ask("help")
    link.close()
    path = tmp_path_factory.mktemp("silent") / "link.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind(str(path))
        silent.listen()
        with pytest.raises(LinkError, match="does not answer"):
            LinkClient(path, timeout_s=0.1)


@pytest.mark.parametrize(
    ("hello", "words"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "no Form Coach"),
        (b'{"kind":"hello","format":"other"}\n', "no Form Coach"),
        (b'{"kind":"hello","format":"form-coach link","version":2,"software":"9.0"}\n', "another version .9.0.; start"),
        (b'{"kind":"bye","why":"64 clients are connected already; end one of them"}\n', "64 clients"),
        (b"[1]\n", "no Form Coach"),
        (b"[" * 9_000_000, "no Form Coach"),
        (b"", "the coach has gone"),
    ],
    ids=["ssh", "format", "version", "full", "no object", "no end", "nothing"],
)
def test_what_answers_there_may_be_something_else(tmp_path: Path, hello: bytes, words: str) -> None:
    """Another program, another version, one that is full: each is said, none is an unforeseen error."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "link.sock"))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            try:
                connection.sendall(hello)
            except OSError:
                pass
            finally:
                connection.close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        with pytest.raises(FormCoachError, match=words):
            LinkClient(tmp_path / "link.sock").ask("help")
        thread.join(10)


def test_lines_become_messages_wherever_they_are_cut() -> None:
    """Bytes come in any pieces, in the middle of a letter included."""
    sent = request("say", 1, text="größer") + request("mute", muted=None)
    for size in range(1, len(sent)):
        lines = Lines()
        came = [message for at in range(0, len(sent), size) for message in lines.feed(sent[at : at + size])]
        assert came == [{"do": "say", "id": 1, "text": "größer"}, {"do": "mute"}]


def test_the_pieces_serve_asyncio(linked: Linked) -> None:
    """A screen that must not wait opens the socket itself and takes the rest from here."""
    linked.publish()

    async def first_live() -> dict[str, object]:
        reader, writer = await asyncio.open_unix_connection(str(linked.path))
        lines, greeted = Lines(), False
        writer.write(request("watch", hz=15))
        while True:
            for message in lines.feed(await reader.read(1 << 16)):
                if not greeted:
                    check_hello(message)
                    greeted = True
                elif message["kind"] == "live":
                    writer.close()
                    return message

    assert asyncio.run(asyncio.wait_for(first_live(), 10))["pose"]


def test_comes_again_after_the_coach_did(tmp_path: Path) -> None:
    """When the coach was started anew, a new connection finds it at the same place."""
    for _ in range(2):
        with at_work(tmp_path) as linked, LinkClient(linked.path) as link:
            linked.link.publish(moment(1.0))
            assert link.ask("snapshot")["live"]["t_s"] == 1.0
    assert until(lambda: not (tmp_path / "link.sock").exists())
