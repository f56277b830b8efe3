"""One picture of the film: the runner on the left, the three instruments on the right, the caption over the runner."""

from __future__ import annotations

import math

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from device.drawing.caption import Caption
from device.drawing.instrument import CARD_HEIGHT_PX, Instrument
from device.drawing.lettering import letters, write
from device.drawing.paint import Picture, blend, box, dashes, line, plain, ring, rounded
from device.drawing.skeleton import draw_runner
from device.drawing.state import COLOURS, State, state_of
from device.drawing.theme import (
    BRIGHT,
    CARD_EDGE,
    CARD_GAP_PX,
    CORNER_PX,
    FAINT,
    GOOD,
    HEADER_PX,
    HEIGHT_PX,
    LEFT_SIDE,
    MARGIN_PX,
    MIDDLE,
    NIGHT,
    PANEL_WIDTH_PX,
    PANEL_X_PX,
    RIGHT_SIDE,
    SOFT,
    STAGE,
    STAGE_GRID,
    STAGE_HEIGHT_PX,
    STAGE_WIDTH_PX,
    WIDTH_PX,
    Colour,
)
from device.records import FAULTS, Fault, Frame, Moment, Posture

_VIEWS = {"front": "front view", "oblique": "oblique view", "side": "side view"}
_HEADER_BASELINE_PX = 43
_GRID_PX = 40
_BOTTOM_PX = HEADER_PX + STAGE_HEIGHT_PX
_BAND_PX = 110


class Overlay:
    """Draws moments one after the other; it remembers what the traces and the caption need.

    The same moments give the same pictures.
    """

    def __init__(self) -> None:
        """Begin a film: its clock starts with the first moment drawn."""
        self._instruments = {fault: Instrument(fault) for fault in FAULTS}
        self._caption = Caption()
        self._scaler = VideoReformatter()
        self._start_s: float | None = None
        self._grounds: dict[tuple[int, int], Picture] = {}

    def draw(self, frame: Frame | None, moment: Moment) -> Picture:
        """Return the picture of one moment, uint8 (720, 1280, 3).

        :param frame: the camera's picture, of any size; None draws the skeleton on an empty stage.
        """
        t_s = moment.pose.t_s if frame is None else frame.t_s
        if self._start_s is None:
            self._start_s = t_s
        if frame is None:
            size = (moment.pose.width_px, moment.pose.height_px)
        else:
            size = (frame.rgb.shape[1], frame.rgb.shape[0])
        box_px = _fit(*size, level=frame is not None)
        canvas = self._ground(box_px, empty=frame is None)
        x, y, width, height = box_px
        picture = canvas[y : y + height, x : x + width]
        if frame is not None:
            picture[:] = self._scaled(frame.rgb, width, height)
        self._draw_pose(picture, moment)
        if frame is not None:
            _round_corners(picture, STAGE if width < STAGE_WIDTH_PX else NIGHT)
        _draw_header(canvas, moment.posture, t_s - self._start_s)
        self._draw_panel(canvas, moment, t_s)
        row, anchor = _caption_place(y + height)
        stage = canvas[:, MARGIN_PX : MARGIN_PX + STAGE_WIDTH_PX]
        captioned = self._caption.draw(stage, t_s, moment.said, row, anchor)
        if anchor == "middle" and not captioned:
            _draw_legend(canvas, row)
        return canvas

    def _ground(self, box_px: tuple[int, int, int, int], empty: bool) -> Picture:
        """Return a fresh copy of what does not change from picture to picture."""
        key = (box_px[2], -1 if empty else box_px[3])
        if key not in self._grounds:
            self._grounds.clear()
            self._grounds[key] = _draw_ground(box_px, empty)
        return self._grounds[key].copy()

    def _scaled(self, rgb: Picture, width: int, height: int) -> Picture:
        if rgb.shape[:2] == (height, width):
            return rgb
        # Area averaging keeps fine patterns from shimmering when a picture shrinks; a 4K picture is first thinned out,
        # as every sample of it costs time and none of that is seen.
        step = max(1, min(rgb.shape[1] // (2 * width), rgb.shape[0] // (2 * height)))
        source = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[::step, ::step]), "rgb24")
        how = "AREA" if rgb.shape[1] >= width else "BICUBIC"
        scaled = self._scaler.reformat(source, width=width, height=height, format="rgb24", interpolation=how)
        return scaled.to_ndarray().astype(np.uint8, copy=False)

    def _draw_pose(self, picture: Picture, moment: Moment) -> None:
        pose, posture = moment.pose, moment.posture
        if not posture.seen or pose.width_px <= 0 or pose.height_px <= 0:
            return  # what the model takes for a runner on an empty treadmill is none
        points = np.array(pose.keypoints, np.float64)
        points[:, 0] *= picture.shape[1] / pose.width_px
        points[:, 1] *= picture.shape[0] / pose.height_px
        states = {fault.fault: state_of(fault, posture) for fault in moment.faults}
        marked = {
            fault: COLOURS[state] for fault, state in states.items() if state in (State.OUT, State.PAST, State.EASING)
        }
        lean: Colour | None = None
        if math.isfinite(posture.lean_deg) and posture.view != "front":
            state = states.get("forward_lean", State.WAITING)
            lean = COLOURS[state] if state in (State.OK, State.PAST, State.OUT, State.EASING) else SOFT
        draw_runner(picture, points, marked, lean)

    def _draw_panel(self, canvas: Picture, moment: Moment, t_s: float) -> None:
        faults = {fault.fault: fault for fault in moment.faults}
        for index, name in enumerate(FAULTS):
            fault = faults.get(name) or Fault(name, math.nan, math.nan, math.nan, False, False, math.nan)
            card = self._instruments[name].draw(fault, moment.posture, t_s)
            x, y = PANEL_X_PX, HEADER_PX + index * (CARD_HEIGHT_PX + CARD_GAP_PX)
            canvas[y : y + CARD_HEIGHT_PX, x : x + PANEL_WIDTH_PX] = card


def _fit(width: int, height: int, level: bool) -> tuple[int, int, int, int]:
    """Return where a picture of that shape lies on the canvas: x, y, width, height, as large as the stage allows.

    :param level: whether its upper edge is to be level with the panel's; else it lies in the middle.
    """
    width, height = max(1, width), max(1, height)
    scale = min(STAGE_WIDTH_PX / width, STAGE_HEIGHT_PX / height)
    wide = min(STAGE_WIDTH_PX, max(2, round(width * scale)))
    high = min(STAGE_HEIGHT_PX, max(2, round(height * scale)))
    down = 0 if level and wide == STAGE_WIDTH_PX else (STAGE_HEIGHT_PX - high) // 2
    return MARGIN_PX + (STAGE_WIDTH_PX - wide) // 2, HEADER_PX + down, wide, high


def _caption_place(bottom: int) -> tuple[int, str]:
    """Return the row a caption is placed at, and whether that is its "middle" or its "bottom".

    It lies over the picture, but below it where a wide picture that ends at row ``bottom`` leaves room.
    """
    if _BOTTOM_PX - bottom >= _BAND_PX and bottom < _BOTTOM_PX:
        return (bottom + _BOTTOM_PX) // 2, "middle"
    return _BOTTOM_PX - 22, "bottom"


def _draw_ground(box_px: tuple[int, int, int, int], empty: bool) -> Picture:
    canvas = plain(WIDTH_PX, HEIGHT_PX, NIGHT)
    width = box_px[2]
    if empty or width < STAGE_WIDTH_PX:
        stage = plain(STAGE_WIDTH_PX, STAGE_HEIGHT_PX, STAGE)
        if empty:
            stage[:, STAGE_WIDTH_PX // 2 % _GRID_PX :: _GRID_PX] = STAGE_GRID
            stage[STAGE_HEIGHT_PX % _GRID_PX :: _GRID_PX] = STAGE_GRID
        blend(canvas, rounded(STAGE_WIDTH_PX, STAGE_HEIGHT_PX, CORNER_PX), stage, MARGIN_PX, HEADER_PX)
    # The mark: a trunk, upright and in a ring.
    mark = (PANEL_X_PX + 15.0, 34.0)
    ring(canvas, mark, 13, 3, GOOD)
    line(canvas, (mark[0] - 2, mark[1] + 5.5), (mark[0] + 2, mark[1] - 5.5), 3.4, BRIGHT)
    write(canvas, "Form Coach", PANEL_X_PX + 40, _HEADER_BASELINE_PX, 26, BRIGHT, bold=True)
    return canvas


def _draw_legend(canvas: Picture, y: int) -> None:
    """Say what the skeleton's colours mean, where there is room that no caption uses at the moment."""
    items: tuple[tuple[str, Colour], ...] = (("left", LEFT_SIDE), ("right", RIGHT_SIDE), ("trunk", MIDDLE))
    widths = [44 + letters(name, 22).shape[1] for name, _ in items] + [44 + letters("upright", 22).shape[1]]
    gap = 40
    x = MARGIN_PX + (STAGE_WIDTH_PX - sum(widths) - gap * (len(widths) - 1)) // 2
    for (name, colour), width in zip(items, widths, strict=False):
        line(canvas, (x + 3, y), (x + 29, y), 6, colour, 0.8)
        write(canvas, name, x + 44, y + 8, 22, FAINT)
        x += width + gap
    dashes(canvas, (x, y), (x + 32, y), 2.6, BRIGHT, 7.0, 0.8)
    write(canvas, "upright", x + 44, y + 8, 22, FAINT)


def _round_corners(picture: Picture, ground: Colour) -> None:
    """Cut a picture's corners round, and show ``ground`` there."""
    radius = min(CORNER_PX, picture.shape[0] // 2, picture.shape[1] // 2)
    corner = 255 - rounded(2 * radius, 2 * radius, radius)[:radius, :radius]
    right, bottom = picture.shape[1] - radius, picture.shape[0] - radius
    blend(picture, corner, ground, 0, 0)
    blend(picture, corner[:, ::-1], ground, right, 0)
    blend(picture, corner[::-1], ground, 0, bottom)
    blend(picture, corner[::-1, ::-1], ground, right, bottom)


def _draw_header(canvas: Picture, posture: Posture, elapsed_s: float) -> None:
    if posture.running:
        status, colour = "running", GOOD
    elif posture.seen:
        status, colour = "not running", SOFT
    else:
        status, colour = "no runner", FAINT
    x = MARGIN_PX + 9
    if posture.seen:
        line(canvas, (x, 34), (x, 34), 14 if posture.running else 10, colour)
    else:
        ring(canvas, (x, 34), 6, 2.5, colour)
    x += 18
    x += write(canvas, status, x, _HEADER_BASELINE_PX, 26, colour, bold=True)
    items = []
    if posture.view:
        items.append(_VIEWS.get(posture.view, posture.view))
    if math.isfinite(posture.cadence_spm):
        items.append(f"{posture.cadence_spm:.0f} spm")
    for item in items:
        box(canvas, x + 18, 24, 2, 20, 1, CARD_EDGE)
        x += 38
        x += write(canvas, item, x, _HEADER_BASELINE_PX, 26, SOFT)
    seconds = max(0, int(elapsed_s + 1e-6))
    clock = f"{seconds // 60:02d}:{seconds % 60:02d}"
    right = MARGIN_PX + STAGE_WIDTH_PX
    # The built-in font's figures are equally wide, so the clock does not shake.
    blend(canvas, letters(clock, 30, bold=True), BRIGHT, right - letters("00:00", 30, bold=True).shape[1], 14)
