"""Puts together, in a Debian root, what the real picamera2 needs: packages, stand-ins, a virtual camera."""

from __future__ import annotations

import shlex
from pathlib import Path

from debian_root import CommandError, Done, Root, Unavailable

PROJECT = Path(__file__).resolve().parents[2]
CLONE = "/root/form-coach"
PYTHON = "/opt/venv/bin/python"
HEAP = "/opt/dmaheap.so"
CAMERA = "/usr/share/libcamera/pipeline/virtual/virtual.yaml"

DEBIAN = (
    "python3-libcamera libcamera-ipa python3-numpy python3-pil python3-av python3-jsonschema python3-piexif "
    "python3-prctl python3-tqdm python3-libarchive-c python3-venv python3-dev gcc libc6-dev "
    "libespeak-ng1 alsa-utils"
)
"""What Debian has of picamera2's needs; it has neither picamera2 itself nor pykms."""

PYPI = "videodev2 simplejpeg pidng OpenEXR"
"""The rest of its needs, and :data:`STAND_INS` for pykms."""

STAND_INS = f"{CLONE}/scripts:{CLONE}/scripts/picamera2_test/standins"

ENVIRONMENT = {
    "LD_PRELOAD": HEAP,
    "PYTHONPATH": STAND_INS,
    # Memory comes zeroed.  libcamera 0.4's virtual camera forgets to say that a picture is good, and "good" is 0.
    "GLIBC_TUNABLES": "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0",
}

YAML = """\
"virtual":
  supported_formats:
  - width: 640
    height: 480
    frame_rates: [5, 30]
  frames:
    path: "{path}"
  location: "CameraLocationExternal"
  model: "virtual"
"""


def prepare(root: Root, picamera2: str) -> str:
    """Install all of it beside the project.

    :param picamera2: which picamera2, as pip names it.
    :return: the versions that are to be tried.
    :raises Unavailable: something cannot be had.
    """
    root.copy_working_tree(PROJECT, CLONE)
    steps = (
        f"apt-get -q update && apt-get -q -y install --no-install-recommends {DEBIAN}",
        f"python3 -m venv --system-site-packages {Path(PYTHON).parents[1]}",
        f"{PYTHON} -m pip install -q --no-input --progress-bar off -e '{CLONE}[test]'",
        f"{PYTHON} -m pip install -q --no-input --progress-bar off --no-deps {picamera2} {PYPI}",
        f"gcc -O1 -shared -fPIC -o {HEAP} {CLONE}/scripts/picamera2_test/dmaheap.c",
    )
    for step in steps:
        try:
            root.run(step, check=True)
        except CommandError as error:
            last = (error.done.out.strip().splitlines() or ["it says nothing"])[-1]
            raise Unavailable(f"`{step[:60]}…` fails: {last}") from error
    versions = (
        "import importlib.metadata as m, libcamera, numpy, platform;"
        "print('picamera2', m.version('picamera2'), 'on libcamera', libcamera.CameraManager.singleton().version[1:],"
        "'Python', platform.python_version(), 'NumPy', numpy.__version__)"
    )
    return run(root, f"{PYTHON} -c {shlex.quote(versions)} 2>/dev/null").out.strip()


def plug_in(root: Root, pictures: str) -> None:
    """Let the virtual camera show a JPEG, or those of a folder (its name ends with a slash) one after the other."""
    config = root.path(CAMERA)
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(YAML.format(path=pictures))


def run(root: Root, command: str, timeout_s: float = 300.0, show: bool = False) -> Done:
    """Run a command where picamera2 finds what it needs."""
    return root.run(command, cwd=CLONE, environment=ENVIRONMENT, timeout_s=timeout_s, show=show)
