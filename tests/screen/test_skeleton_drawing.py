"""The runner in the picture's frame."""

from __future__ import annotations

import numpy as np
import pytest
from stickman import HEIGHT_PX, WIDTH_PX, Stickman

from device.screen import skeleton


def drawn(man: Stickman, columns: int = 60, rows: int = 40, braille: bool = True) -> list[str]:
    points = man.keypoints(0.0).tolist()
    return skeleton.draw(columns, rows, (WIDTH_PX, HEIGHT_PX), points, braille).text().split("\n")


@pytest.mark.parametrize(("columns", "rows"), [(34, 15), (24, 12), (80, 40), (20, 40), (60, 10)])
@pytest.mark.parametrize("size_px", [(640, 480), (480, 640), (1280, 720)])
def test_the_frame_has_the_pictures_shape(columns: int, rows: int, size_px: tuple[int, int]) -> None:
    """It fits into its room, and is as wide for its height as the picture, a character being twice as high as wide."""
    grid = skeleton.draw(columns, rows, size_px, None)
    assert grid.width <= columns
    assert grid.height <= rows
    across, down = grid.width - 2, grid.height - 2
    assert across / (2 * down) == pytest.approx(size_px[0] / size_px[1], rel=0.5 / down + 1.0 / across)
    assert grid.width == columns or grid.height == rows or across + 2 >= columns - 2 or down + 2 >= rows - 1


def test_it_is_true_to_scale() -> None:
    """A point of the picture is drawn at its place in the frame."""
    man = Stickman(running=False)
    points = man.keypoints(0.0)
    lines = drawn(man)
    rows, columns = len(lines) - 2, len(lines[0]) - 2
    ink = [(x, y) for y, line in enumerate(lines[1:-1]) for x, sign in enumerate(line[1:-1]) if sign != " "]
    lowest = max(y for _, y in ink)
    assert lowest == int(points[15:17, 1].max() / HEIGHT_PX * rows)
    middle = np.mean([x for x, _ in ink]) / columns
    assert middle == pytest.approx(points[5:, 0].mean() / WIDTH_PX, abs=0.05)


def test_what_is_not_well_seen_shows_without_colour() -> None:
    """Unsure parts have another style, and fewer dots; parts that are not seen are not drawn."""

    def dots(score: float) -> tuple[int, set[str]]:
        grid = skeleton.draw(60, 40, (WIDTH_PX, HEIGHT_PX), Stickman(score=score).keypoints(0.0).tolist())
        signs = [sign for row in grid.signs for sign in row if "\u2800" < sign <= "\u28ff"]
        styles = {style for row in grid.styles for style in row} - {"", "frame"}
        return sum(bin(ord(sign) - 0x2800).count("1") for sign in signs), styles

    sure, unsure, unseen = dots(0.8), dots(0.3), dots(0.1)
    assert sure[1] == {"good"}
    assert unsure[1] == {"warn"}
    assert 0 < unsure[0] < 0.8 * sure[0]
    assert unseen == (0, set())


def test_points_outside_stay_outside() -> None:
    """A runner half out of the picture does not break the frame."""
    points = Stickman().keypoints(0.0)
    points[:, 0] += WIDTH_PX / 2
    grid = skeleton.draw(40, 20, (WIDTH_PX, HEIGHT_PX), points.tolist())
    assert {row[0] for row in grid.signs[1:-1]} == {row[-1] for row in grid.signs[1:-1]} == {"│"}


def test_without_braille() -> None:
    """The Linux console gets blocks."""
    signs = set("".join(drawn(Stickman(), braille=False)))
    assert signs <= set(" ▀▄█┌─┐│└┘")
    assert signs & set("▀▄█")
