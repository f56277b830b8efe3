"""Real brokers for tests, on ports of this machine's own loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt import client as mqtt

MOSQUITTO = shutil.which("mosquitto") or ("/usr/sbin/mosquitto" if Path("/usr/sbin/mosquitto").exists() else None)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Broker:
    """A Mosquitto that can be stopped and started again."""

    def __init__(self, folder: Path, *lines: str) -> None:
        if MOSQUITTO is None:
            pytest.skip("needs Mosquitto: apt-get install mosquitto")
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        own = [f"listener {self.port} 127.0.0.1", "user root", f"log_dest file {folder}/mosquitto.log"]
        own += ["persistence true", f"persistence_location {folder}/"]  # it remembers who listens
        own += [] if any("allow_anonymous" in line for line in lines) else ["allow_anonymous true"]
        self._config.write_text("\n".join([*own, *lines]) + "\n")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        assert MOSQUITTO is not None
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._config], stderr=subprocess.DEVNULL)
        end_s = time.monotonic() + 10
        while time.monotonic() < end_s:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("Mosquitto did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


class Listener:
    """Hears all that a broker has to say."""

    def __init__(
        self, port: int, username: str | None = None, password: str | None = None, ca: Path | None = None
    ) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, f"listener-{id(self)}", clean_session=False)
        if username:
            self._client.username_pw_set(username, password)
        if ca:
            self._client.tls_set(str(ca))
        self._client.reconnect_delay_set(1, 1)
        self._ready = False
        self._client.on_connect = lambda client, *more: client.subscribe("#", 1)
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = lambda client, data, one: self.heard.append((one.topic, one.payload, one.retain))
        self._client.connect("localhost" if ca else "127.0.0.1", port)
        self._client.loop_start()
        end_s = time.monotonic() + 10
        while not self._ready and time.monotonic() < end_s:
            time.sleep(0.01)
        assert self._ready

    def _on_subscribe(self, *more: Any) -> None:
        self._ready = True

    def of(self, topic: str) -> list[bytes]:
        """What was said to a topic."""
        return [payload for name, payload, _ in list(self.heard) if name == topic]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
