"""What users can do is written down."""

from __future__ import annotations

import re
import subprocess
import sys

from conftest import ROOT, form_coach

from device.pipeline import Coach
from device.records import FAULTS
from device.settings import Settings

README = (ROOT / "README.md").read_text()
FILES = (ROOT / "docs" / "files.md").read_text()


def test_readme_begins_with_the_two_commands() -> None:
    """The first code in the README is the demo and the tests."""
    first = re.search(r"((?:^    .*\n)+)", README, re.MULTILINE)
    assert first is not None
    commands = [line.split()[0] for line in first.group(1).splitlines()]
    assert commands == ["./scripts/demo", "./scripts/test"]


COMMANDS = {
    "": "README.md",
    "replay": "README.md",
    "run": "README.md",
    "status": "README.md",
    "doctor": "README.md",
    "config": "README.md",
    **{f"config {action}": "docs/settings.md" for action in ("show", "set", "reset", "check", "edit", "log", "undo")},
    **{f"profile {action}": "docs/settings.md" for action in ("list", "use", "new", "remove", "none")},
    "completion": "docs/settings.md",
    "whatif": "docs/whatif.md",
    "tune": "docs/tune.md",
    "watch": "docs/tune.md",
    **{f"runs{action}": "docs/runs.md" for action in ("", " list", " show", " export", " delete", " prune")},
    **{f"advice{action}": "docs/advice.md" for action in ("", " show", " exercise", " check", " text")},
    "report": "docs/report.md",
    "pain": "docs/advice.md",
    **{f"shoes{action}": "docs/advice.md" for action in ("", " add", " list", " run", " retire")},
}
"""Where the options of each command are described."""


def test_every_command_is_in_the_readme() -> None:
    """Every command that --help shows stands in the README."""
    listed = form_coach("--help").out.partition("commands:")[2].partition("exit codes:")[0]
    named = re.findall(r"^    ([a-z]+)\b", listed, re.MULTILINE)
    assert {command.split()[0] for command in COMMANDS if command} <= set(named)
    for command in named:
        assert re.search(rf"form-coach [a-z, ]*\b{command}\b", README), command


def test_every_option_is_described() -> None:
    """Every option that a command's --help shows stands on its page."""
    for command, page in COMMANDS.items():
        text = form_coach(*command.split(), "--help").out
        for option in set(re.findall(r"--[a-z][a-z-]*", text)) - {"--help"}:
            assert option in (ROOT / page).read_text(), (command, option)


def test_every_event_and_its_fields_are_described() -> None:
    """Each kind of event, and each field it carries, stands in docs/files.md."""
    source = (ROOT / "device" / "pipeline.py").read_text()
    kinds = {
        "runner_found", "runner_lost", "view", "baseline", "baseline_recalled", "baseline_refused", "camera_moved",
        "runner_changed", "cannot_see", "muted", "relearn", "profile", "fault_on", "fault_off", "notice", "summary",
    }  # fmt: skip
    assert set(re.findall(f'"({"|".join(sorted(kinds))})"', source)) == kinds
    for kind in kinds | {"cue", "praise"}:
        assert f"`{kind}`" in FILES
    for name in Coach(Settings()).summary().data:
        assert f"`{name}`" in FILES
    for fault in FAULTS:
        assert f"`{fault}`" in FILES


def test_links_lead_somewhere() -> None:
    """Every file that a page links to is there."""
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "models" / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_numbers_in_the_docs_are_those_in_force() -> None:
    """docs/posture.md names the default limits as they are."""
    text = " ".join((ROOT / "docs" / "posture.md").read_text().split())
    own = Settings()
    lean, shoulders, twist = own.forward_lean, own.hunched_shoulders, own.torso_twist
    assert (
        f"{lean.rise_deg:g}° above it, but not less than {lean.least_deg:g}° and not more than {lean.on_deg:g}°" in text
    )
    assert f"Out is more than {shoulders.raised_pct:g} % of the trunk" in text
    assert f"Out is more than {shoulders.forward_pct:g} % of the trunk" in text
    assert f"below {shoulders.clear_share:g} of that" in text
    assert (
        f"Out is {twist.rise_ratio:g} times the baseline, but not less than {twist.least_deg:g}° "
        f"and not more than {twist.on_deg:g}°" in text
    )
    keep = own.persistence
    assert f"{keep.on_strides} of the last {keep.strides} strides are out, and not before {keep.least_s:g} s" in text
    assert f"Between two cues lie {own.cues.gap_s:g} s, between two for the same fault {own.cues.repeat_s:g} s" in text
    assert f"{own.baseline.learn_s:g} s of running from {own.baseline.settle_s:g} s" in text


def test_the_drawings_show_the_numbers_in_force() -> None:
    """docs/posture/*.svg are what scripts/draw_measures makes of the engine as it is."""
    check = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "draw_measures"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr
