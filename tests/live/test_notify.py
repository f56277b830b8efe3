"""What systemd is told, over a real socket of its kind."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from device.live.notify import notify


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_hears_it(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All lines arrive as one datagram, at a path or at an abstract address."""
    name = f"@form-coach-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        notify("READY=1", "STATUS=läuft")
        assert systemd.recv(1000).decode() == "READY=1\nSTATUS=läuft"


@pytest.mark.parametrize("address", [None, "", "nowhere", "/nowhere/at/all", "@nobody-listens-here"])
def test_without_systemd_nothing_happens(address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No address, a wrong one or nobody there: no error, no wait."""
    if address is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


def test_a_deaf_systemd_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its queue is full, what does not fit is left out."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        for _ in range(2000):
            notify("WATCHDOG=1")
