"""What systemd is told: ready, alive, stopping.  Its protocol is one datagram (systemd's manual, sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket


def notify(*lines: str) -> None:
    """Send lines like "READY=1" to systemd; does nothing where there is none, and never fails or waits."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as pipe:
        pipe.setblocking(False)
        pipe.sendto("\n".join(lines).encode(), "\0" + address[1:] if address[0] == "@" else address)
