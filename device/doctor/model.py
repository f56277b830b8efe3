"""The pose model: whether it loads, how long a call takes, and whether it finds what it must find."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from device.doctor import Result, bad, ok, warn
from device.errors import ModelError
from device.poses import PoseModel, load_model, network_file

KNOWN = Path(__file__).parent / "known"
"""A picture of a rendered runner and the key points in it, made by ``scripts/known_picture``."""

SIZE_PX = 192
"""Its side, which is the shipped model's."""

MOST_OFF_PX = 2.0
"""The key points lie at most so far from the known ones, on the average of all 17, in pixels of the model's picture
(192 across).  LiteRT 2.1 and 2.3, tflite-runtime 2.14, their reference kernels and those without XNNPACK differ by up
to 0.8; a picture shifted by 2 px gives 2.5, a mirrored one 11."""

MOST_OFF_SCORE = 0.2
"""Their scores likewise: those differ by up to 0.07; without a runner in the picture by 0.6."""

THUNDER_MORE_PX = 1.0
"""Thunder is another network, which agrees with the known answer within 1.7 px: it may be off by so much more."""

SLOW_MS = 66.0
"""A call that takes longer leaves fewer than 15 pictures a second, the slowest that the coach is tested with."""

CALLS = 9


def model(threads: int, network: str = "lightning") -> Result:
    """Load the model that is set, time it, and compare its answer with the known one.

    :param network: ``[model] model`` of the settings.
    """
    file = network_file(network)
    try:
        tried = load_model(file, threads)
    except ModelError as error:
        return bad(str(error), "run scripts/install again" if file is None else f"see models/README.md about {network}")
    with Image.open(KNOWN / "runner.png") as picture:
        square = np.asarray(picture.convert("RGB").resize((tried.size_px, tried.size_px), Image.Resampling.BILINEAR))
    try:
        found = tried.estimate(square)
        took_ms = _call_ms(tried, square)
    except ModelError as error:
        return bad(str(error), "run scripts/install again")
    finally:
        tried.close()
    off_px, off_score = deviation(found)
    most_px = MOST_OFF_PX + (0.0 if file is None else THUNDER_MORE_PX)
    told = (
        f"{tried.name}: {took_ms:.1f} ms a call, {threads} thread{'s' * (threads > 1)}; key points of the test picture "
        f"{off_px:.1f} px off on average (allowed {most_px:g}), scores {off_score:.2f} (allowed {MOST_OFF_SCORE:g})"
    )
    if off_px > most_px or off_score > MOST_OFF_SCORE:
        return bad(
            f"computes wrongly. {told}",
            "pip install --force-reinstall ai-edge-litert in the coach's environment, or run scripts/install again",
        )
    if took_ms > SLOW_MS:
        return warn(
            f"slow: {1000 / took_ms:.0f} pictures/s at most. {told}",
            "see that nothing else keeps the processor busy, that it is cool, and try [model] threads = 3",
        )
    return ok(told)


def deviation(found: np.ndarray) -> tuple[float, float]:
    """How far an answer is from the known one: mean distance in px of the picture, and mean difference of the scores.

    :param found: (17, 3) as :meth:`PoseModel.estimate` returns.
    """
    known = np.array(list(json.loads((KNOWN / "runner.json").read_text())["keypoints"].values()))
    away_px = np.hypot(*(SIZE_PX * found[:, :2] - known[:, :2]).T)
    return float(away_px.mean()), float(np.abs(found[:, 2] - known[:, 2]).mean())


def _call_ms(tried: PoseModel, square: np.ndarray) -> float:
    took_s = []
    for _ in range(CALLS):
        began_s = time.perf_counter()
        tried.estimate(square)
        took_s.append(time.perf_counter() - began_s)
    return 1000 * median(took_s)
