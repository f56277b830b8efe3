"""``form-coach run``: coach live, until stopped."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from device import wording
from device.commands import EXIT_CODES, config_option, loading

if TYPE_CHECKING:
    from device.commands import Commands


def add(commands: Commands) -> None:
    """Register the command."""
    run = commands.add_parser(
        "run",
        help="coach live, from a camera",
        description="Coaches whoever runs in front of the camera, until stopped.  SIGHUP reads the settings again.",
        epilog=EXIT_CODES,
    )
    run.add_argument(
        "--source",
        metavar="CAMERA",
        help="auto, picamera2, usb, a device such as /dev/video0, or a video file (else the setting camera.source)",
    )
    run.add_argument("--loop", action="store_true", help="begin a video file anew at its end")
    config_option(run)
    run.add_argument("--model", metavar="FILE", type=Path, help="another MoveNet file (.tflite)")
    run.add_argument("--events", metavar="FILE.jsonl", type=Path, help="write what happens, as JSON lines")
    run.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    with loading():
        from device.commands.terminal import Progress
        from device.live.configured import named
        from device.live.parts import Wishes
        from device.live.service import Service
        from device.outputs import check_writable

    if options.events:
        check_writable([options.events])
    # The journal of a service is for what changes; the terminal of somebody who tries it out shows everything.
    progress = None if "JOURNAL_STREAM" in os.environ else Progress(None)
    service = Service(
        Wishes(
            settings=named(options.config),
            source=options.source,
            loop=options.loop,
            model=options.model,
            events=options.events,
            **({"show": progress.show} if progress else {}),
        )
    )
    service.listen()
    code = service.run()
    if progress and service.engine.summary is not None:
        print(wording.summary(service.engine.summary))
    sys.stdout.flush()
    sys.stderr.flush()
    if not service.stopped:
        os._exit(code)  # something hangs in a driver: leave it to the system
    return code
