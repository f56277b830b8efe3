"""The connection to the broker, on paho-mqtt.  Imported only where MQTT is switched on.

MQTT 3.1.1, which every broker speaks.  The coach subscribes to nothing, so no broker has anything to say to it but
that it got something: whatever is larger than such an answer ends the connection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
from pathlib import Path

from paho.mqtt import client as mqtt
from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from device.errors import FormCoachError
from device.settings import MqttSettings

KEEPALIVE_S = 20
"""A broker that says nothing for so long is asked whether it is there, and gets as long again to answer."""

CONNECT_S = 5.0
"""Longest wait for each step of connecting."""

LARGEST_BYTES = 2
"""What follows the head of each answer that there is in MQTT 3.1.1: at most two bytes."""

DROP_IN = "form-coach.service.d/mqtt.conf"

_NO_NETWORK = (
    "the service may not use the network: put systemd/form-coach-mqtt.conf to "
    f"/etc/systemd/system/{DROP_IN} as docs/mqtt.md says"
)


class WireError(FormCoachError):
    """There is no connection: what is wrong, and what to do."""


class _Client(mqtt.Client):
    """Takes only answers."""

    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize > LARGEST_BYTES:
            raise OSError(errno.EMSGSIZE, "the broker sends what nobody asked for")
        return super()._sock_recv(bufsize)


class Wire:
    """One connection; when it is gone another is made anew.

    :param name: who the coach is to the broker; a second one of that name ends the first.
    :param will: topic that says "offline" when the coach is gone without a word.
    :ivar up: whether the broker has let us in.
    :raises WireError: a file of the settings cannot be used.
    """

    def __init__(self, settings: MqttSettings, name: str, will: str) -> None:
        self.settings = settings
        self.host, self.port = settings.host, settings.port or (8883 if settings.tls else 1883)
        self.up = False
        self._refused: str | None = None
        self._acked: list[int] = []
        self._client = _Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv311, reconnect_on_failure=False
        )
        self._client.connect_timeout = CONNECT_S
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.on_disconnect = self._on_disconnect
        self._client.will_set(will, "offline", qos=1, retain=True)
        if settings.username:
            self._client.username_pw_set(settings.username, _password(settings.password_file))
        if settings.tls:
            self._secure(settings.ca_file)

    @property
    def place(self) -> str:
        """Where the broker is."""
        return f"{self.host}:{self.port}"

    def open(self) -> None:
        """Reach the broker, which then has yet to let us in; takes as long as the network does.

        :raises WireError: it cannot be reached.
        """
        try:
            self._client.connect(self.host, self.port, KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise WireError(f"{self.place}: {_reason(error, self.settings)}") from error

    def turn(self, seconds: float) -> None:
        """Send and hear what there is, for at most so long.

        :raises WireError: the connection is gone.
        """
        try:
            code = self._client.loop(seconds)
        except (OSError, ValueError) as error:
            raise WireError(f"{self.place}: {_reason(error, self.settings)}") from error
        if self._refused:
            raise WireError(f"{self.place}: {self._refused}")
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise WireError(f"{self.place}: the broker ended the connection")

    @property
    def idle(self) -> bool:
        """Whether all that was sent is on its way."""
        return not self._client.want_write()

    def send(self, topic: str, payload: bytes | str, *, certain: bool = True, retain: bool = False) -> int:
        """Send a message; what :meth:`acked` names it by comes back.

        :param certain: whether the broker has to acknowledge it.
        """
        return int(self._client.publish(topic, payload, qos=int(certain), retain=retain).mid)

    def acked(self) -> list[int]:
        """What has arrived since the last call."""
        found, self._acked = self._acked, []
        return found

    def close(self) -> None:
        """Say goodbye, so that the will is not carried out."""
        with contextlib.suppress(Exception):
            self._client.disconnect()

    def _secure(self, ca_file: str) -> None:
        try:
            self._client.tls_set(ca_certs=ca_file or None, cert_reqs=ssl.CERT_REQUIRED)
        except ssl.SSLError as error:
            raise WireError(f"mqtt.ca_file = {ca_file}: holds no certificate in PEM form") from error
        except OSError as error:
            raise WireError(f"mqtt.ca_file = {ca_file}: {(error.strerror or str(error)).lower()}") from error

    # What paho calls, on the thread that turns

    def _on_connect(
        self, client: mqtt.Client, data: object, flags: ConnectFlags, code: ReasonCode, more: Properties | None
    ) -> None:
        if code.is_failure:
            what = str(code).lower()
            who = "see mqtt.username and mqtt.password_file" if code.value in (134, 135) else "see the broker's log"
            self._refused = f"the broker refuses the coach: {what}; {who}"
        self.up = not code.is_failure

    def _on_publish(
        self, client: mqtt.Client, data: object, number: int, code: ReasonCode, more: Properties | None
    ) -> None:
        self._acked.append(number)

    def _on_disconnect(
        self, client: mqtt.Client, data: object, flags: DisconnectFlags, code: ReasonCode, more: Properties | None
    ) -> None:
        self.up = False


def _password(file: str) -> str | None:
    if not file:
        return None
    try:
        with open(Path(file).expanduser(), encoding="utf-8") as opened:
            return opened.readline(4096).rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise WireError(f"mqtt.password_file = {file}: is no text") from error
    except OSError as error:
        raise WireError(f"mqtt.password_file = {file}: {(error.strerror or str(error)).lower()}") from error


def _reason(error: OSError | ValueError, settings: MqttSettings) -> str:
    """Why the broker cannot be reached, and what to do."""
    if _shut_in(error):
        return _NO_NETWORK
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the broker does not prove who it is: {error.verify_message.lower()}; see mqtt.ca_file and mqtt.host"
    if isinstance(error, ssl.SSLError):
        return f"no encrypted connection ({(error.reason or str(error)).lower()}); see mqtt.tls and mqtt.port"
    if isinstance(error, TimeoutError):
        return "does not answer; is mqtt.host right, and is it switched on?"
    if isinstance(error, ConnectionRefusedError):
        return "no broker listens there; does it run, and is mqtt.port right?"
    if isinstance(error, socket.gaierror):
        return f"the name is not known ({(error.strerror or str(error)).lower()}); see mqtt.host"
    words = getattr(error, "strerror", None) or str(error)
    return f"{' '.join(words.split()).lower()}; see mqtt.host and mqtt.port"


def _shut_in(error: OSError | ValueError) -> bool:
    """Whether the unit of the service keeps it from the network."""
    if "INVOCATION_ID" not in os.environ:  # not started by systemd
        return False
    if getattr(error, "errno", None) in (errno.EAFNOSUPPORT, errno.EPERM, errno.EACCES):
        return True
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()
    except OSError:
        return True
    return False
