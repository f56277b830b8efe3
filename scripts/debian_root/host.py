"""What a root borrows of this machine: the way to the package sources, and nothing of what is installed here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from .errors import Unavailable

PASSED_ON = re.compile(r"PIP_\w+|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE|(https?|no|all)_proxy", re.IGNORECASE)
"""The environment variables that say how packages are reached."""

LOCAL = re.compile(r"(?<!\S)(file:|/|~|\.)")
"""A value that names a place on this machine, which a root does not have."""


def cache_folder() -> Path:
    """Where roots are kept."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "form-coach" / "roots"


@cache
def need_tools() -> None:
    """See to it that roots can be made and run here.

    :raises Unavailable: they cannot.
    """
    if os.geteuid() != 0:
        raise Unavailable("making a Debian root needs root (sudo)")
    missing = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "setpriv": "util-linux"}
    missing = {tool: package for tool, package in missing.items() if not shutil.which(tool)}
    if missing and shutil.which("apt-get"):
        print(f"installing {', '.join(missing.values())}", file=sys.stderr, flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "-q", "-y", "install", "--no-install-recommends", *missing.values()]
        for command in (["apt-get", "-q", "update"], install):
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        missing = {tool: package for tool, package in missing.items() if not shutil.which(tool)}
    if missing:
        raise Unavailable(f"not installed: {', '.join(missing)} (Debian: apt install {' '.join(missing.values())})")


def mirror() -> str | None:
    """Where this machine takes Debian from; None where it does not say: then debootstrap knows one.

    ``$DEBIAN_MIRROR`` has the last word.
    """
    if given := os.environ.get("DEBIAN_MIRROR"):
        return given
    lists = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for file in lists:
        if file.suffix not in (".list", ".sources") or not file.is_file():
            continue
        text = file.read_text(errors="replace")
        for found in re.finditer(r"^(?:URIs:|deb\b(?:\s+\[[^]]*\])?)\s*(\S+/debian/?)(?=\s|$)", text, re.MULTILINE):
            return found[1]
    return None


def lend(root: Path) -> dict[str, str]:
    """Let a root reach the package sources as this machine does.

    :return: the environment variables to run commands with.
    """
    bundle = Path("etc/ssl/certs/ca-certificates.crt")
    for file in (bundle, Path("etc/resolv.conf"), Path("etc/hosts")):
        _copy(Path("/", file), root / file)
    for file in sorted(Path("/etc/apt/apt.conf.d").glob("99*")):
        _copy(file, root / str(file)[1:])
    lines = ["[global]"]
    for file in (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf"):
        if file.is_file():
            kept = (line for line in file.read_text().splitlines() if not line.startswith("["))
            lines += [line for line in kept if line.lstrip().startswith("cert") or not _is_local(line)]
    (root / "etc/pip.conf").write_text("\n".join(lines) + "\n")
    environment = {}
    for name, value in os.environ.items():
        if not PASSED_ON.fullmatch(name):
            continue
        if value.startswith("/"):  # a file of certificates is taken along, a folder of packages is not
            if Path(value).is_file() and not (root / value[1:]).exists():
                _copy(Path(value), root / value[1:])
            if not (root / value[1:]).exists():
                continue
        elif _is_local(f"{name}={value}"):
            continue
        environment[name] = value
    # where sudo and a login take them from
    (root / "etc/environment").write_text("".join(f'{name}="{value}"\n' for name, value in environment.items()))
    return environment


def _is_local(line: str) -> bool:
    return bool(LOCAL.search(line.partition("=")[2]))


def _copy(source: Path, target: Path) -> None:
    """The content alone; links are followed here and replaced there."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)
