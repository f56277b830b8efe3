"""The look of the film: sizes in pixels of the canvas and colours as (red, green, blue).

All numbers here are chosen by us, for a picture that is still legible when a phone shows it 14 cm wide: text that has
to be read is at least 22 px high, and no state is told by its colour alone.
"""

from __future__ import annotations

Colour = tuple[int, int, int]

WIDTH_PX = 1280
HEIGHT_PX = 720
MARGIN_PX = 20
HEADER_PX = 64

# The stage is where the runner is seen, the panel stands to its right.
STAGE_WIDTH_PX = 848
STAGE_HEIGHT_PX = HEIGHT_PX - HEADER_PX - MARGIN_PX
PANEL_X_PX = MARGIN_PX + STAGE_WIDTH_PX + MARGIN_PX
PANEL_WIDTH_PX = WIDTH_PX - MARGIN_PX - PANEL_X_PX
CARD_GAP_PX = 14
CORNER_PX = 14

NIGHT: Colour = (12, 16, 21)
STAGE: Colour = (18, 24, 31)
STAGE_GRID: Colour = (29, 38, 48)
CARD: Colour = (23, 30, 39)
CARD_EDGE: Colour = (38, 49, 61)
PLOT: Colour = (16, 22, 29)

BRIGHT: Colour = (240, 245, 249)
SOFT: Colour = (168, 183, 197)
FAINT: Colour = (130, 146, 161)
INK: Colour = (20, 16, 8)

GOOD: Colour = (74, 214, 160)
AMBER: Colour = (255, 193, 77)
OUT: Colour = (255, 104, 92)

LEFT_SIDE: Colour = (82, 190, 255)
RIGHT_SIDE: Colour = (255, 150, 214)
MIDDLE: Colour = (240, 245, 249)
