"""Changing a settings file in an editor: checked before it takes effect, and no text is lost."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from device.errors import ConfigError, FormCoachError, UsageError
from device.tuning.document import HEADER
from device.tuning.merge import merge
from device.tuning.store import Change, ChangedMeanwhileError, Store

EDITORS = ("nano", "vi")
"""What is taken where nobody names an editor."""


def edit(
    store: Store,
    file: Path,
    who: str,
    ask: Callable[[str], bool],
    tell: Callable[[str], None],
) -> Change | None:
    """Have the user change a file; None if nothing is to be changed.

    :param file: the settings file, or a profile's.
    :param ask: asks the user a question; False where nobody can be asked.
    :raises FormCoachError: nothing was changed; what the user wrote is kept, and the message says where.
    """
    command = editor()
    store.check_rights()
    before = store.text(file)
    work = Path(tempfile.mkdtemp(prefix="form-coach-")) / file.name
    work.write_text(before or HEADER, encoding="utf-8")
    try:
        change = _edited(store, file, who, (ask, tell), command, work, before)
    except BaseException as error:
        kept = _written(work)
        if kept in ("", before, HEADER):
            _remove(work)
        elif isinstance(error, FormCoachError):
            raise UsageError(f"{error}\nYour text is kept in {work}") from error
        else:
            tell(f"your text is kept in {work}")
        raise
    _remove(work)
    return change


def editor() -> list[str]:
    """The command of the user's editor: ``$VISUAL``, else ``$EDITOR``, else the first of :data:`EDITORS`.

    :raises UsageError: there is none.
    """
    for name in ("VISUAL", "EDITOR"):
        if named := os.environ.get(name, "").strip():
            try:
                return shlex.split(named)
            except ValueError as error:
                raise UsageError(f"${name} is no command: {error}") from error
    for known in EDITORS:
        if found := shutil.which(known):
            return [found]
    raise UsageError(f"there is no editor: name one in $EDITOR, or install {EDITORS[0]}")


def _edited(
    store: Store,
    file: Path,
    who: str,
    user: tuple[Callable[[str], bool], Callable[[str], None]],
    command: list[str],
    work: Path,
    before: str,
) -> Change | None:
    ask, tell = user
    while True:
        _run(command, work)
        try:
            while True:
                text = _text(work)
                if text in (before, HEADER):
                    return None
                try:
                    return store.replace(file, text, before, who)
                except ChangedMeanwhileError:
                    now = store.text(file)
                    both, clean = merge(before, text, now)
                    before = now
                    work.write_text(both, encoding="utf-8")
                    if not clean:
                        raise
                    tell(f"somebody else changed {file} meanwhile; both changes are kept")
        except ConfigError as error:
            problem: FormCoachError = error
        if isinstance(problem, ChangedMeanwhileError):
            tell(f"somebody else changed the same lines of {file} meanwhile; both stand between <<<<<<< and >>>>>>>")
        else:
            tell(str(problem))
        if not ask("Edit again? [Y/n] "):
            raise UsageError("nothing was changed") from problem


def _run(command: list[str], work: Path) -> None:
    """Have the user edit.

    :raises UsageError: the editor did not work, or was left with an error, which is how one gives up in some.
    """
    # Ctrl-C is the editor's meanwhile.  A handler, unlike SIG_IGN, does not pass on to it.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        code = subprocess.run([*command, str(work)], check=False).returncode
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be started: {error.strerror}; name another editor in $EDITOR") from error
    finally:
        signal.signal(signal.SIGINT, before)
    if code:
        raise UsageError(f"the editor {command[0]} ended with code {code}; nothing was changed")


def _text(work: Path) -> str:
    """What the user wrote.

    :raises ConfigError: it is no text.
    """
    try:
        return work.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(
            str(work), [f"cannot be read: {getattr(error, 'strerror', '') or 'it is not a text'}"]
        ) from error


def _written(work: Path) -> str:
    try:
        return work.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _remove(work: Path) -> None:
    shutil.rmtree(work.parent, ignore_errors=True)
