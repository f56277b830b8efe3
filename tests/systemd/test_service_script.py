"""``scripts/test-service`` and the Debian roots it is made on, as far as they go without booting one."""

import array
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from debian_root import Unavailable, groups, host, tree
from service_test import sound, speech

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts/test-service"


def test_a_machine_that_cannot_is_told_why(monkeypatch, capsys):
    """Without root the script says so in one line and leaves with 0: CI goes on where it cannot be checked."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["test-service"])
    host.need_tools.cache_clear()
    try:
        assert runpy.run_path(str(SCRIPT))["main"]() == 0
    finally:
        host.need_tools.cache_clear()
    assert capsys.readouterr().out == "test-service: skipped: making a Debian root needs root (sudo)\n"


def test_missing_tools_are_named(monkeypatch):
    """What cannot be installed is named with its package."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    host.need_tools.cache_clear()
    try:
        with pytest.raises(Unavailable, match="apt install debootstrap systemd-container"):
            host.need_tools()
    finally:
        host.need_tools.cache_clear()


def test_every_check_says_what_it_proves():
    """Each has a title of its own that fits its column, and a docstring."""
    checks = runpy.run_path(str(SCRIPT))["CHECKS"]
    titles = [title for title, _ in checks]
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 52
    assert all(check.__doc__ for _, check in checks)


def test_the_working_tree_is_copied_as_it_is(tmp_path):
    """Changes not yet committed and new files come along, with their modes; ignored and deleted ones do not."""
    project = tmp_path / "project"
    project.mkdir()
    git = ["git", "-C", str(project), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    for name in ("kept", "deleted", ".gitignore"):
        (project / name).write_text("ignored\n")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "."], check=True)
    (project / "kept").write_text("changed\n")
    (project / "deleted").unlink()
    (project / "new file").write_text("#!/bin/sh\n")
    (project / "new file").chmod(0o755)
    (project / "ignored").touch()
    tree.copy(project, tmp_path / "copy")
    assert sorted(os.listdir(tmp_path / "copy")) == [".gitignore", "kept", "new file"]
    assert (tmp_path / "copy/kept").read_text() == "changed\n"
    assert (tmp_path / "copy/new file").stat().st_mode & 0o777 == 0o755


def test_machines_do_not_share_a_control_group():
    """Two machines at a time would end each other's services; each gets a group, which is gone afterwards."""
    one, other = groups.make(), groups.make()
    try:
        if one is None or other is None:
            pytest.skip("control groups cannot be made here (no cgroup2 mounted, or no right to)")
        assert one != other
        done = subprocess.run([*groups.enter(one), "cat", "/proc/self/cgroup"], stdout=subprocess.PIPE, check=True)
        assert f"/{one.name}\n".encode() in done.stdout
    finally:
        groups.remove(one)
        groups.remove(other)
    assert not one.exists()


@pytest.fixture
def root(tmp_path):
    (tmp_path / "etc").mkdir()
    return tmp_path


def test_the_way_to_packages_is_lent_but_no_packages(root, monkeypatch, tmp_path):
    """Proxies and time-outs are passed on, also to those who log in; folders of this machine are not."""
    for name in [name for name in os.environ if host.PASSED_ON.fullmatch(name)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    monkeypatch.setenv("PIP_FIND_LINKS", "/opt/some/wheels")
    monkeypatch.setenv("PIP_TIMEOUT", "60")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home/.config/pip").mkdir(parents=True)
    (tmp_path / "home/.config/pip/pip.conf").write_text(
        "[global]\nfind-links = /opt/wheels\nextra-index-url = file:///opt/index https://index.example/\ntimeout = 9\n"
    )
    environment = host.lend(root)
    assert environment == {"HTTPS_PROXY": "http://proxy:3128", "PIP_TIMEOUT": "60"}
    assert 'HTTPS_PROXY="http://proxy:3128"\n' in (root / "etc/environment").read_text()
    conf = (root / "etc/pip.conf").read_text()
    assert "timeout = 9" in conf
    assert "/opt" not in conf


def test_utterances_are_cut_at_silence():
    """A recording falls into what was said one after the other, with a little silence around each."""
    silence, tone = [0] * sound.RATE_HZ, [9000, -9000] * (sound.RATE_HZ // 4)
    pieces = sound.spoken(array.array("h", silence + tone + silence + tone + tone + silence))
    lengths_s = [(end - first) / sound.RATE_HZ for first, end in pieces]
    assert lengths_s == [pytest.approx(1.0, abs=0.05), pytest.approx(1.5, abs=0.05)]


def test_decoys_are_not_phrases():
    """What the recogniser must not take for a cue is nothing that the coach says."""
    phrases = {phrase.lower() for phrase in speech.phrases()}
    assert phrases
    assert not phrases & {decoy.lower() for decoy in speech.decoys()}
    assert set(speech.cues("forward_lean")) <= set(speech.phrases())
