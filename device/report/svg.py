"""Figures of matplotlib as SVG for a page: in the page's own colours and letters, and with names for who listens.

Nothing is drawn in a colour of its own: each has a stand-in here, for which a variable of the page's style sheet is put
in afterwards.  So the same drawing serves light, dark and paper.
"""

from __future__ import annotations

import contextlib
import html
import io
import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from device.columns import clean
from device.errors import FormCoachError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = ["ink", "soft", "grid", "paper", "out", "good", "lean", "shoulders", "twist", "left", "right", "pain"]
"""The variables of page.css, less the "--" before them."""

COLOURS = {name: f"#a1b2{number:02x}" for number, name in enumerate(NAMES, 1)}
"""What to draw with, by the names of the style sheet's variables."""

_IN_TEXT = {colour: f"var(--{name})" for name, colour in COLOURS.items()}

PX = 72
"""Figures are measured in inches of so many units of the drawing."""

_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "form-coach",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # measured with; shown is what the page has
    "font.size": 9.0,
    "text.color": COLOURS["ink"],
    "text.parse_math": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.edgecolor": COLOURS["soft"],
    "axes.labelcolor": COLOURS["soft"],
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.xmargin": 0.0,
    "grid.color": COLOURS["grid"],
    "grid.linewidth": 0.6,
    "xtick.color": COLOURS["soft"],
    "ytick.color": COLOURS["soft"],
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 0.0,
    "lines.solid_capstyle": "round",
    "lines.linewidth": 1.3,
    "path.simplify": True,
    "path.simplify_threshold": 0.2,
}


def load() -> None:
    """Load the drawing library.

    :raises FormCoachError: it is missing, or does not fit this computer.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it keeps its cache is nobody's business here
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise FormCoachError(
            f"the report needs matplotlib, which cannot be loaded ({clean(error)}); scripts/setup installs it"
        ) from error


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw in the report's style, whatever the user's own says."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_STYLE)
        yield


def figure(width_px: float, height_px: float, laid_out: bool = True) -> Figure:
    """An empty figure.

    :param laid_out: whether matplotlib finds the room for what is written beside the axes.
    """
    from matplotlib.figure import Figure

    return Figure(figsize=(width_px / PX, height_px / PX), dpi=PX, layout="constrained" if laid_out else None)


def inline(fig: Figure, name: str, title: str, description: str) -> str:
    """A figure as an ``<svg>`` element.

    :param name: unlike that of any other drawing of the page, letters only.
    :param title: what it is, for who listens in place of looking.
    :param description: what it shows, likewise.
    """
    out = io.StringIO()
    fig.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = out.getvalue()
    match = re.search(r'<svg\b[^>]*\bviewBox="([^"]*)"[^>]*>', text)
    assert match is not None
    box = match[1]
    body = text[match.end() : text.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'\b(id|clip-path|xlink:href)="(url\()?#?([^")]*)(\)?)"', lambda m: _renamed(m, name), body)
    body = re.sub(r"#a1b2[0-9a-f]{2}", lambda m: _IN_TEXT[m[0]], body)
    body = re.sub(r"font: (?:[a-z]+ )?([0-9.]+)px [^;\"]*", r"font-size: \1px", body)
    body = re.sub(r"\n\s*", "\n", body)
    return (
        f'<svg class="plot" viewBox="{box}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{html.escape(title)}</title><desc id="{name}-d">{html.escape(description)}</desc>'
        f"{body}</svg>"
    )


def _renamed(match: re.Match[str], name: str) -> str:
    """Names are the page's, not the drawing's: no two drawings may use the same."""
    attribute, url, own, close = match.groups()
    if attribute == "id":
        return f'id="{name}-{own}"'
    if attribute == "clip-path":
        return f'clip-path="{url or ""}#{name}-{own}{close}"'
    return f'href="#{name}-{own}"'
