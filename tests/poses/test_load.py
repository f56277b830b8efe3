"""Opening a model file: what is accepted, and what an unusable file or installation says."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import types
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device.errors import ModelError
from device.poses import load_model, loader, movenet, network_file, runtime
from device.settings import ModelSettings

SHIPPED = loader.MODELS / loader.SHIPPED

# x + 1 for four floats, made with TensorFlow's converter: a sound file that is no pose model.
FOREIGN = zlib.decompress(
    base64.b85decode(
        "c-n1Jze~el5PeBwEi}}EK{|Bk;2dq$MFg$2LZCmO1}C8wk|9G=s8K99I669X5b+Oib#ifZaCQ_2{}SWfmuo1+gU5Gy`R?7jOUeM;"
        "<JOji3d$(KLJ=l$IT)0KxC9YlPXk(nsSae21f|#}7=-UQj+Z1~B{aI7(`N6)>2~_<rdvO%yLHkvm3B_<&F&6^us^;GqhRRwul(^v"
        "Fba_+{+;kfcqTlE53UKR7oX>ZqIk)nkZLoxuGp;NvQo!krgIu<)?N4G<>oa!%*Z^3ssd_ut!i%qU($;;tM(34X|S^KPoIRl-M{~h"
        "<0)Z<p4u&^S80qwnlJJ_8?;KbW03EeBi1Mg&wD?U89mV)4uX&?=4&nG%|u>mWgmG{a*O<HGMg^GHGwWC2hV>;IFMeCRL8H2qQmb?"
        "?1gyVvE%vl!J-M~bhz$wp-vaCPx5~ZJa1!?Zg5S_4w*iQWnvSXGYw77ADQKPp{J(4Kj(&e{sU~?R!;"
    )
)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models/ folder of the test's own, with the shipped file in it."""
    (tmp_path / loader.SHIPPED).write_bytes(SHIPPED.read_bytes())
    (tmp_path / loader.SUMS).write_text((loader.MODELS / loader.SUMS).read_text())
    monkeypatch.setattr(loader, "MODELS", tmp_path)
    return tmp_path


def message(path: str | Path | None) -> str:
    """What loading this file says; always one or two lines that name the file."""
    with pytest.raises(ModelError) as caught:
        load_model(path)
    text = str(caught.value)
    assert len(text.splitlines()) <= 2
    return text


def test_the_shipped_file() -> None:
    """Without a path the shipped file is opened: 192 px, and its hash is the one written next to it."""
    model = load_model()
    assert model.size_px == 192
    assert model.name == loader.SHIPPED
    assert model.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert f"{model.sha256}  {loader.SHIPPED}" in (loader.MODELS / loader.SUMS).read_text()


def test_the_shipped_file_is_small() -> None:
    """The repository carries no model over 3 MB."""
    assert SHIPPED.stat().st_size < 3_000_000


def test_the_hash_is_documented() -> None:
    """The page about the model names the hash of the file that lies there."""
    page = (loader.MODELS / "README.md").read_text(encoding="utf-8")
    assert loader.known_sha256(loader.MODELS / loader.SUMS, loader.SHIPPED) in page


def test_google_s_file(shared_data: Path) -> None:
    """Google's own single-output INT8 file works through a path, and its hash is noted."""
    file = shared_data / "movenet_lightning_int8_official.tflite"
    model = load_model(file)
    assert isinstance(model, movenet.SingleOutput)
    assert model.sha256.startswith("cd7cc22f")
    assert model.estimate(np.zeros((192, 192, 3), np.uint8)).shape == (17, 3)


def test_a_copy_under_another_name(tmp_path: Path) -> None:
    """A file of the user's own needs no known hash, and its path may be a string."""
    copy = tmp_path / "mine.tflite"
    copy.write_bytes(SHIPPED.read_bytes())
    assert load_model(str(copy)).name == "mine.tflite"


def test_missing(models: Path, tmp_path: Path) -> None:
    """A missing file is named; for the shipped one the way back is `git checkout`, for another it is --model."""
    assert "--model" in message(tmp_path / "none.tflite")
    (models / loader.SHIPPED).unlink()
    text = message(None)
    assert str(models / loader.SHIPPED) in text
    assert "git checkout models/" in text


def test_thunder_is_not_there(models: Path) -> None:
    """Thunder is not shipped: the settings name where its file belongs, and its absence says how to get it."""
    assert network_file("lightning") is None
    file = network_file("thunder")
    assert file == models / loader.THUNDER
    text = message(file)
    assert "scripts/build_model --model thunder" in text
    assert str(models) in text
    assert '[model] model = "lightning"' in text


def test_thunder_is_there(models: Path) -> None:
    """A file that lies where Thunder belongs is opened, without a hash: each build may give another."""
    (models / loader.THUNDER).write_bytes(SHIPPED.read_bytes())
    assert load_model(network_file("thunder")).name == loader.THUNDER


def test_networks_are_those_of_the_settings() -> None:
    """Each network that the settings allow has a file, and the default is the one that is shipped."""
    options = ModelSettings.__dataclass_fields__["model"].metadata["options"]
    assert set(options) == set(loader.NETWORKS)
    assert network_file(ModelSettings().model) is None


def test_a_folder(tmp_path: Path) -> None:
    """A folder in place of a file is said to be one."""
    assert "is a folder" in message(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable(tmp_path: Path) -> None:
    """A file without read permission says so."""
    file = tmp_path / "locked.tflite"
    file.write_bytes(FOREIGN)
    file.chmod(0)
    assert "cannot be read" in message(file)


@pytest.mark.parametrize("length", [8, 20, 5_000, 1_000_000, 2_900_000])
def test_cut_short(tmp_path: Path, length: int) -> None:
    """A download that stopped early is said to be cut short; no runtime gets to read past its end."""
    file = tmp_path / "part.tflite"
    file.write_bytes(SHIPPED.read_bytes()[:length])
    assert "cut short" in message(file)


def test_empty(tmp_path: Path) -> None:
    """An empty file says so."""
    file = tmp_path / "empty.tflite"
    file.touch()
    assert "is empty" in message(file)


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><html>", b"version https://git-lfs.github.com/spec/v1\n", b"abc"])
def test_not_a_model(tmp_path: Path, content: bytes) -> None:
    """An error page or a Git LFS pointer saved under the model's name is recognised."""
    file = tmp_path / "page.tflite"
    file.write_bytes(content)
    assert "is not a TensorFlow Lite model" in message(file)


def test_garbage_behind_the_mark(tmp_path: Path) -> None:
    """Random bytes behind a right mark end in a plain error, not in a crash."""
    random = np.random.default_rng(5)
    for length in (0, 40, 400, 4000, 40_000):
        file = tmp_path / f"{length}.tflite"
        file.write_bytes(b"\x1c\0\0\0TFL3" + random.bytes(length))
        assert str(file) in message(file)


def test_changed_shipped_file(models: Path) -> None:
    """One changed byte in the shipped file is found, and both ways out are named."""
    content = bytearray(SHIPPED.read_bytes())
    content[1_000_000] ^= 1
    (models / loader.SHIPPED).write_bytes(content)
    text = message(None)
    assert "is not the file this version ships" in text
    assert "git checkout models/" in text
    assert "--model" in text


def test_shipped_file_cut_short(models: Path) -> None:
    """A shipped file that lost its end (a full disk) is called cut short as well."""
    (models / loader.SHIPPED).write_bytes(SHIPPED.read_bytes()[:1_000_000])
    assert "cut short" in message(None)


@pytest.mark.parametrize("text", ["", "abc  another.tflite\n", "\xff\xfe"])
def test_hash_list_lost(models: Path, text: str) -> None:
    """Without a hash to compare with, nothing is taken for the shipped file."""
    (models / loader.SUMS).write_text(text, encoding="utf-8")
    assert loader.SUMS in message(None)
    (models / loader.SUMS).unlink()
    assert loader.SUMS in message(None)


def test_foreign(tmp_path: Path) -> None:
    """A sound model of another kind is refused with the shapes it has and the shapes that are needed."""
    file = tmp_path / "foreign.tflite"
    file.write_bytes(FOREIGN)
    text = message(file)
    assert "[1, 4]" in text
    assert "[1,1,17,3]" in text


class Interpreter:
    """Stands in for a runtime's interpreter, with inputs and outputs of choice."""

    def __init__(self, input_: tuple[list[int], type], outputs: list[tuple[list[int], type]]) -> None:
        self.input = {"index": 0, "shape": np.array(input_[0]), "dtype": input_[1]}
        self.outputs = [{"index": i + 1, "shape": np.array(s), "dtype": d} for i, (s, d) in enumerate(outputs)]
        self.fed: Any = None

    def get_input_details(self) -> list[dict[str, Any]]:
        return [self.input]

    def get_output_details(self) -> list[dict[str, Any]]:
        return self.outputs

    def set_tensor(self, index: int, value: np.ndarray) -> None:
        self.fed = value

    def invoke(self) -> None:
        pass

    def tensor(self, index: int) -> Callable[[], np.ndarray]:
        return lambda: np.full(self.outputs[index - 1]["shape"], np.nan, np.float32)


def opened(monkeypatch: pytest.MonkeyPatch, interpreter: Interpreter) -> movenet.MoveNet:
    monkeypatch.setattr(movenet, "open_interpreter", lambda *_: interpreter)
    return movenet.open_movenet(b"", "x", "/x", "", 1)


GOOD = [([1, 1, 17, 3], np.float32)]


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32])
@pytest.mark.parametrize("size", [192, 256])
def test_google_s_other_files(monkeypatch: pytest.MonkeyPatch, dtype: type, size: int) -> None:
    """Thunder (256 px) and the float files, which take brightness 0..255 as float32 or int32, work as well."""
    interpreter = Interpreter(([1, size, size, 3], dtype), GOOD)
    model = opened(monkeypatch, interpreter)
    assert model.size_px == size
    model.estimate(np.full((size, size, 3), 200, np.uint8))
    assert interpreter.fed.dtype == dtype
    assert (interpreter.fed == 200).all()


def test_never_nan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that yields NaN says "nothing is known": score 0, no NaN."""
    model = opened(monkeypatch, Interpreter(([1, 192, 192, 3], np.float32), GOOD))
    keypoints = model.estimate(np.zeros((192, 192, 3), np.uint8))
    assert np.isfinite(keypoints).all()
    assert (keypoints[:, 2] == 0).all()


@pytest.mark.parametrize(
    ("input_", "outputs", "says"),
    [
        (([1, 192, 192, 3], np.int16), GOOD, "int16"),
        (([1, 192, 256, 3], np.uint8), GOOD, "[1, 192, 256, 3]"),
        (([1, 1, 1, 3], np.uint8), GOOD, "[1, 1, 1, 3]"),
        (([1, 192, 192, 1], np.uint8), GOOD, "[1, 192, 192, 1]"),
        (([1, 192, 192, 3], np.uint8), [([1, 6, 56], np.float32)], "[1, 6, 56]"),
        (([1, 192, 192, 3], np.uint8), [([1, 1, 17, 3], np.uint8)], "uint8"),
        (([1, 192, 192, 3], np.uint8), [([1, 48, 48, n], np.float32) for n in (17, 1, 34, 34)], "[1, 48, 48, 17]"),
    ],
)
def test_other_shapes(
    monkeypatch: pytest.MonkeyPatch,
    input_: tuple[list[int], type],
    outputs: list[tuple[list[int], type]],
    says: str,
) -> None:
    """Each wrong input or output is named along with what is needed (four heads need their names, too)."""
    with pytest.raises(ModelError, match="MoveNet SinglePose") as caught:
        opened(monkeypatch, Interpreter(input_, outputs))
    assert says in str(caught.value)


def test_no_threads() -> None:
    """A thread count below one is refused before a runtime sees it."""
    with pytest.raises(ModelError, match="at least 1 thread"):
        load_model(threads=0)


def without(monkeypatch: pytest.MonkeyPatch, **instead: Any) -> None:
    """Make importing each runtime raise what ``instead`` says, or, given a module, yield it."""

    def import_module(name: str) -> Any:
        found = instead[name.split(".")[0]]
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(runtime.importlib, "import_module", import_module)


def test_no_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no runtime is installed, the error says which to install."""
    without(
        monkeypatch,
        ai_edge_litert=ModuleNotFoundError("", name="ai_edge_litert"),
        tflite_runtime=ModuleNotFoundError("", name="tflite_runtime"),
    )
    monkeypatch.setattr(runtime, "_installed", lambda package: False)
    with pytest.raises(ModelError, match="pip install ai-edge-litert"):
        load_model()


def test_the_second_runtime_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without LiteRT, tflite-runtime is taken."""
    monkeypatch.setattr(runtime.np, "__version__", "1.26.4")
    fake = types.SimpleNamespace(Interpreter="the class")
    without(monkeypatch, ai_edge_litert=ModuleNotFoundError("", name="ai_edge_litert"), tflite_runtime=fake)
    assert runtime.interpreter_class() == ("the class", "tflite_runtime")


def test_numpy_too_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """tflite-runtime with NumPy 2 would die without a word; the error names both and what to install."""
    monkeypatch.setattr(runtime.np, "__version__", "2.1.0")
    monkeypatch.setattr(runtime, "_installed", lambda package: True)
    without(monkeypatch, ai_edge_litert=ModuleNotFoundError("", name="ai_edge_litert"))
    with pytest.raises(ModelError, match=r"needs NumPy before 2, here is 2\.1\.0 .*numpy<2"):
        runtime.interpreter_class()


def test_broken_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime whose library cannot be loaded says why, in one line."""
    without(
        monkeypatch,
        ai_edge_litert=ImportError("libfoo.so:\n cannot open shared object file"),
        tflite_runtime=ModuleNotFoundError("", name="tflite_runtime"),
    )
    monkeypatch.setattr(runtime, "_installed", lambda package: False)
    with pytest.raises(ModelError, match=r"ai_edge_litert cannot be imported: libfoo.so: cannot open"):
        runtime.interpreter_class()


def test_runtime_lacks_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime that misses a package of its own names that package, not itself."""
    without(
        monkeypatch,
        ai_edge_litert=ModuleNotFoundError("", name="ml_dtypes"),
        tflite_runtime=ModuleNotFoundError("", name="tflite_runtime"),
    )
    monkeypatch.setattr(runtime, "_installed", lambda package: False)
    with pytest.raises(ModelError, match="ai_edge_litert needs ml_dtypes"):
        runtime.interpreter_class()


def test_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    """The runtime's INFO chatter is swallowed; a line that matters is passed on, even when opening fails."""

    def chat() -> Iterator[None]:
        with runtime.quiet_runtime():
            os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\nERROR: something real\n")
            yield

    for _ in chat():
        pass
    assert capfd.readouterr().err == "ERROR: something real\n"

    def fail() -> None:
        with runtime.quiet_runtime():
            os.write(2, b"WARNING: still here\n")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    os.write(2, b"and afterwards\n")
    assert capfd.readouterr().err == "WARNING: still here\nand afterwards\n"


def test_import_is_light() -> None:
    """Importing the package and its loader loads no runtime: on a Pi that alone takes a second."""
    code = (
        "import sys, device.poses, device.poses.follow, device.poses.loader;"
        "print([m for m in ('ai_edge_litert', 'tflite_runtime', 'tensorflow') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=loader.MODELS.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
