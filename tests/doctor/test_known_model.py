"""The model's check: the real model, a known picture, and what must be noticed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from device.doctor import model as examined
from device.doctor.model import KNOWN, MOST_OFF_PX, MOST_OFF_SCORE, deviation, model
from device.poses import load_model, loader
from device.poses.loader import MODELS, SHIPPED, SUMS, THUNDER, known_sha256
from device.records import KEYPOINTS


@pytest.fixture(scope="module")
def square() -> np.ndarray:
    with Image.open(KNOWN / "runner.png") as picture:
        return np.asarray(picture.convert("RGB"))


def test_the_shipped_model_finds_what_it_must() -> None:
    """The real model passes, and the time of a call is told."""
    found = model(2)
    assert found.state in ("ok", "warn"), found  # a machine that emulates another is slow
    assert f"{SHIPPED}: " in found.detail
    assert "ms a call, 2 threads" in found.detail


def test_the_known_answer_is_the_shipped_models() -> None:
    """When the model changes, scripts/known_picture must be run again."""
    known = json.loads((KNOWN / "runner.json").read_text())
    assert known["model_sha256"] == known_sha256(MODELS / SUMS, SHIPPED)
    assert list(known["keypoints"]) == list(KEYPOINTS)
    assert min(score for _, _, score in known["keypoints"].values()) >= 0.5, "the model is sure of every point"
    assert (KNOWN / "runner.png").stat().st_size < 40_000


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda rgb: rgb[:, ::-1], id="mirrored"),
        pytest.param(lambda rgb: rgb[::-1], id="upside down"),
        pytest.param(lambda rgb: np.roll(rgb, 4, axis=0), id="4 px lower"),
        pytest.param(lambda rgb: np.zeros_like(rgb), id="black"),
        pytest.param(lambda rgb: rgb.transpose(1, 0, 2), id="axes swapped"),
    ],
)
def test_another_answer_is_noticed(square: np.ndarray, spoil) -> None:  # type: ignore[no-untyped-def]
    """A runtime that computes something else gives key points as far off as those of a spoilt picture."""
    tried = load_model(None, threads=1)
    assert deviation(tried.estimate(square))[0] < MOST_OFF_PX / 2
    off_px, off_score = deviation(tried.estimate(np.ascontiguousarray(spoil(square))))
    assert off_px > MOST_OFF_PX or off_score > MOST_OFF_SCORE


def test_wrong_key_points_are_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that computes wrongly is told as such, with a remedy."""
    monkeypatch.setattr(examined, "deviation", lambda found: (2.5, 0.1))
    found = model(1)
    assert found.state == "bad"
    assert found.detail.startswith("computes wrongly")
    assert "reinstall" in found.remedy


def test_a_slow_model_deserves_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine too slow for 15 pictures a second is warned of."""
    monkeypatch.setattr(examined, "SLOW_MS", 0.0)
    found = model(1)
    assert found.state == "warn"
    assert "pictures/s at most" in found.detail


def test_a_missing_model_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that is not there is named."""
    monkeypatch.setattr(loader, "MODELS", tmp_path)
    found = model(1)
    assert found.state == "bad"
    assert str(tmp_path) in found.detail
    assert found.remedy


def test_thunder_that_is_missing_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Thunder that is set and was not built: the way to build it is told."""
    monkeypatch.setattr(loader, "MODELS", tmp_path)
    found = model(1, "thunder")
    assert found.state == "bad"
    assert "scripts/build_model --model thunder" in found.detail
    assert "models/README.md" in found.remedy


@pytest.mark.skipif(not (MODELS / THUNDER).is_file(), reason="needs Thunder: scripts/build_model --model thunder")
def test_thunder_finds_what_it_must() -> None:
    """Thunder sees the same picture, in its own size, and agrees with the known answer."""
    found = model(2, "thunder")
    assert found.state in ("ok", "warn"), found
    assert f"{THUNDER}: " in found.detail
