"""What the coach says, as a banner over the picture while it is heard and a little longer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from device.drawing.lettering import length_px, wrap, write
from device.drawing.paint import Mask, Picture, blend, line, plain, ring, rounded, tick
from device.drawing.theme import AMBER, GOOD, INK, SOFT, Colour
from device.records import Cue

SHOWN_S = 4.0
_FADE_IN_S = 0.12
_FADE_OUT_S = 0.35
_SIZES_PX = (52, 46, 40, 34, 28, 22)
_SHADOW_PX = 10
_COLOURS: dict[str, Colour] = {"cue": AMBER, "praise": GOOD, "notice": SOFT}


@dataclass(frozen=True, slots=True)
class _Banner:
    picture: Picture
    mask: Mask
    shadow: Mask


class Caption:
    """Remembers what was said last and shows it for :data:`SHOWN_S` seconds."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._cue: Cue | None = None
        self._since_s = 0.0
        self._banner: _Banner | None = None
        self._width_px = 0

    def draw(self, stage: Picture, t_s: float, said: Cue | None, row: int, anchor: str) -> bool:
        """Draw the banner as of ``t_s``, halfway between the sides of ``stage``; return whether there is one.

        :param row: where it is placed; with ``anchor`` "bottom" its lower edge, with "middle" its middle.
        """
        if said is not None:
            self._cue, self._since_s, self._banner = said, t_s, None
        if self._cue is None:
            return False
        age_s = t_s - self._since_s
        if not 0 <= age_s < SHOWN_S:
            self._cue = self._banner = None
            return False
        width = stage.shape[1] - 40
        if self._banner is None or self._width_px != width:
            self._banner, self._width_px = _banner(self._cue, width), width
        # It begins half visible, so that even a film of one frame a second shows the very moment.
        opacity = min(1.0, 0.5 + 0.5 * age_s / _FADE_IN_S, (SHOWN_S - age_s) / _FADE_OUT_S)
        height, wide = self._banner.mask.shape
        x, y = (stage.shape[1] - wide) // 2, row - (height if anchor == "bottom" else height // 2)
        blend(stage, self._banner.shadow, (0, 0, 0), x - _SHADOW_PX, y - _SHADOW_PX + 4, 0.45 * opacity)
        blend(stage, self._banner.mask, self._banner.picture, x, y, opacity)
        return True


def _fit(text: str, width: int) -> tuple[list[str], int]:
    """Return the text's lines and size: as large as it can be on one line, else on two."""
    for lines in (1, 2):
        for size in _SIZES_PX[:3] if lines == 1 else _SIZES_PX[2:]:
            rows = wrap(text, size, width, lines)
            if rows is not None:
                return rows, size
    size = _SIZES_PX[-1]
    rows = [""]
    for word in text.split():  # beyond all measure: what fits on two lines, cut with an ellipsis
        longer = f"{rows[-1]} {word}".strip()
        if length_px(f"{longer}...", size, bold=True) <= width:
            rows[-1] = longer
        elif len(rows) < 2:
            rows.append(word)
        else:
            break
    return [*rows[:-1], f"{rows[-1]}..."], size


def _banner(cue: Cue, width_px: int) -> _Banner:
    praise = cue.kind == "praise"
    colour = _COLOURS.get(cue.kind, AMBER)
    sign, pad = 74, 28
    rows, size = _fit(cue.text, width_px - sign - 2 * pad + 14)
    leading = round(size * 1.2)
    text_width = max(length_px(row, size, bold=True) for row in rows)
    width = min(width_px, pad + sign + text_width + pad)
    height = leading * (len(rows) - 1) + size + 40
    picture = plain(width, height, colour)
    for index, row in enumerate(rows):
        baseline = round((height - leading * (len(rows) - 1)) / 2 + size * 0.36) + index * leading
        write(picture, row, pad + sign - 10, baseline, size, INK, bold=True)
    centre = (pad + 24.0, height / 2)
    if praise:
        ring(picture, centre, 23, 4.5, INK)
        tick(picture, centre, 25, 5.5, INK)
    else:
        _draw_voice(picture, centre)
    radius = min(height / 2, 30.0)
    return _Banner(picture, rounded(width, height, radius), _shadow(width, height, radius))


def _draw_voice(picture: Picture, centre: tuple[float, float]) -> None:
    """Draw the sign for speech: bars of a sound."""
    for index, tall in enumerate((10, 24, 38, 22, 12)):
        x = centre[0] + (index - 2) * 11
        line(picture, (x, centre[1] - tall / 2), (x, centre[1] + tall / 2), 6.0, INK)


def _shadow(width: int, height: int, radius: float) -> Mask:
    """Return a soft shadow, :data:`_SHADOW_PX` larger than the banner on every side."""
    layers = [
        np.pad(rounded(width + 2 * grow, height + 2 * grow, radius + grow), _SHADOW_PX - grow)
        for grow in range(0, _SHADOW_PX, 2)
    ]
    mask: Mask = np.mean(layers, axis=0).astype(np.uint8)
    return mask
