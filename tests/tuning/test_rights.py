"""Members of the folder's group may tune, without being root; others are told how to become one."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.errors import FormCoachError
from device.tuning import rights
from device.tuning.rights import RightsError
from device.tuning.store import Store

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become other users"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # the child ends at once
]

SOMEBODY, GROUP = "nobody", "games"
"""Both are on every Debian; nobody is no member of games."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """The folder of the settings as the installation makes it, where other users can reach it."""
    made = Path(tempfile.mkdtemp(prefix="form-coach-rights-"))
    os.chown(made, 0, grp.getgrnam(GROUP).gr_gid)
    made.chmod(0o775)
    yield made
    shutil.rmtree(made)


def as_somebody(work: Callable[[], str], groups: list[str]) -> str:
    """Have another user do something, in a process of its own; what it returns comes back, or an error's text."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            user = pwd.getpwnam(SOMEBODY)
            os.setgroups([grp.getgrnam(name).gr_gid for name in groups])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            os.environ.pop("SUDO_USER", None)
            try:
                said = work()
            except FormCoachError as error:
                said = f"{type(error).__name__}: {error}"
            os.write(writer, said.encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def change(path: Path) -> Callable[[], str]:
    def work() -> str:
        Store(path).set({"cues.gap_s": 30}, rights.user())
        return "done"

    return work


def test_a_member_may(folder: Path) -> None:
    """Also in a file that root wrote, which stays root's group's; and root in the member's."""
    path = folder / "settings.toml"
    Store(path).set({"cues.gap_s": 20.5, "voice.volume": 0.5}, "root")
    assert as_somebody(change(path), [GROUP]) == "done"
    assert [entry.who for entry in Store(path).log()] == ["root", SOMEBODY]
    Store(path).set({"cues.gap_s": 31}, "root")
    for name in ("settings.toml", "settings-history.jsonl", ".settings.toml.lock"):
        about = (folder / name).stat()
        assert about.st_gid == grp.getgrnam(GROUP).gr_gid, name
        assert stat.S_IMODE(about.st_mode) == (0o660 if "lock" in name else 0o664), name


def test_a_member_may_begin(folder: Path) -> None:
    """The very first change may be a member's; a profile as well."""
    path = folder / "settings.toml"

    def work() -> str:
        store = Store(path)
        store.set({"cues.gap_s": 30}, "x")
        store.new_profile("anna", "x")
        store.set({"profile.name": "anna", "forward_lean.on_deg": 14}, "x")
        return "done"

    assert as_somebody(work, [GROUP]) == "done"
    assert Store(path).set({"forward_lean.on_deg": 13}, "root").changes == {"forward_lean.on_deg": (14.0, 13.0)}
    assert as_somebody(lambda: str(Store(path).undo("x").changes), [GROUP]) == "{'forward_lean.on_deg': (13.0, 14.0)}"


def test_others_are_told_how(folder: Path) -> None:
    """The group, the command that lets one in, and sudo; nothing is changed.  Everybody may look."""
    path = folder / "settings.toml"
    Store(path).set({"voice.volume": 0.5}, "root")
    before = path.read_bytes()
    said = as_somebody(change(path), [])
    assert said.startswith(f"RightsError: you may not change {path}: that is for members of the group {GROUP}")
    assert f"sudo usermod -aG {GROUP} {SOMEBODY}" in said
    assert path.read_bytes() == before
    assert as_somebody(lambda: str(Store(path).read().settings.voice.volume), []) == "0.5"
    assert as_somebody(lambda: Store(path).check_rights() or "", []) == said
    assert as_somebody(change(folder / "new.toml"), []).startswith("RightsError")


def test_who_has_just_become_a_member_is_told_to_log_in_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The group of an open session stays what it was when it began."""
    path = folder / "settings.toml"
    Store(path).set({"voice.volume": 0.5}, "root")
    group = grp.getgrnam(GROUP)
    by_now = grp.struct_group((GROUP, "x", group.gr_gid, [SOMEBODY]))
    monkeypatch.setattr(rights.grp, "getgrgid", lambda number: by_now)
    assert "log in anew" in as_somebody(change(path), [])
    assert "usermod" not in as_somebody(change(path), [])


def test_a_folder_of_root_alone(folder: Path) -> None:
    """Without a group that may, there is sudo."""
    folder.chmod(0o755)
    assert as_somebody(change(folder / "settings.toml"), [GROUP]).endswith("do it with sudo")


def test_who_works_behind_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The history names the person, not root."""
    monkeypatch.setenv("SUDO_USER", "anna")
    assert rights.user() == "anna"
    monkeypatch.delenv("SUDO_USER")
    assert rights.user() == "root"


def test_rights_errors_are_errors_of_the_system_as_well() -> None:
    """As all expected errors they are of the project's family and of the builtin's."""
    assert issubclass(RightsError, PermissionError)
