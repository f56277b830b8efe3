"""The list of all settings in ``docs/settings.md``, as the code has them."""

from __future__ import annotations

from device.tuning.describing import SECTIONS, Setting, meaning, toml

BEGIN = "## All settings\n"
"""What stands from this line on is made from the code."""

_ABOUT = """\
Made from the code by `scripts/describe_settings`. Where the default is "language", it is the text that the language has
(`voice.language`, `device/texts`).
"""


def page(before: str) -> str:
    """The page with the list as it is now.

    :param before: the page as it was; what stands above the list stays.
    """
    lines = [before.partition(BEGIN)[0] + BEGIN + _ABOUT]
    for section, those in SECTIONS.items():
        lines += [f"### [{section}]", meaning(section), ""]
        lines += ["| setting | default | range | what |", "| --- | --- | --- | --- |"]
        lines += [_row(setting) for setting in those]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(setting: Setting) -> str:
    default = "language" if setting.spoken else f"`{toml(setting.default)}`"
    applies = "; applies when the coach is started anew" if setting.restart else ""
    cells = (f"`{setting.key}`", default, setting.allowed, setting.what + applies)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
