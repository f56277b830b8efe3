"""Writing files so that they are whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from device.files import write_whole


def about(path: Path) -> tuple[int, int, int]:
    """Rights, group and owner."""
    found = path.stat()
    return stat.S_IMODE(found.st_mode), found.st_gid, found.st_uid


def test_rights_and_group_stay(tmp_path: Path) -> None:
    """A file that is replaced belongs to whom it belonged, and may be written by who could write it."""
    file = tmp_path / "settings.toml"
    file.write_text("old")
    file.chmod(0o664)
    if os.geteuid() == 0:
        os.chown(file, 12345, 54321)
    before = about(file)
    number = file.stat().st_ino
    write_whole(file, "new")
    assert (file.read_text(), about(file)) == ("new", before)
    assert file.stat().st_ino != number  # replaced, not written into


def test_a_new_file_gets_what_is_asked_for(tmp_path: Path) -> None:
    """The umask has no say in rights that are asked for."""
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "a", "text", 0o664, os.getegid())
        write_whole(tmp_path / "b", "text")
    finally:
        os.umask(before)
    assert about(tmp_path / "a")[:2] == (0o664, os.getegid())
    assert about(tmp_path / "b")[0] == 0o600


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """Whole, and nothing beside it."""
    file = tmp_path / "settings.toml"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "new \ud800")
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]
    assert file.read_text() == "old"


def test_what_dead_writers_left_is_tidied_up(tmp_path: Path) -> None:
    """Parts of processes that are gone go; those of others stay."""
    file = tmp_path / "settings.toml"
    for writer in ("4194305-1", f"{os.getppid()}-1", "x"):
        (tmp_path / f"settings.toml.{writer}.part").touch()
    write_whole(file, "new")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"settings.toml", f"settings.toml.{os.getppid()}-1.part", "settings.toml.x.part"}


def test_a_link_planted_for_the_part_is_not_followed(tmp_path: Path) -> None:
    """In a folder that others may write to, they cannot have another file overwritten."""
    import threading

    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / f"a.{os.getpid()}-{threading.get_ident()}.part").symlink_to(victim)
    with pytest.raises(FileExistsError):
        write_whole(tmp_path / "a", "new")
    assert victim.read_text() == "mine"
