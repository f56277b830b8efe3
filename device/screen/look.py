"""The styles of the screen.  Each differs from plain text without colour, too, where it means something.

Only the terminal's own sixteen colours are used, on its own background: that is readable on light and dark ones, and
takes few bytes.
"""

from __future__ import annotations

STYLES = {
    "": "",
    "bold": "bold",
    "dim": "dim",
    "title": "bold cyan",
    "frame": "dim",
    "good": "green",
    "warn": "yellow",
    "bad": "bold red",
    "alarm": "bold reverse red",
    "state": "bold reverse",
    "state-good": "bold reverse green",
    "state-warn": "bold reverse yellow",
    "said": "bold",
    "limit": "bold yellow",
    "clear": "yellow",
    "own": "cyan",
    "chosen": "reverse",
    "key": "bold cyan",
    "new": "bold green",
    "gone": "dim strike",
}
"""Each style as Rich reads it."""
