"""Pictures and sound into an MP4 file, through PyAV."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from device.drawing.paint import Picture
from device.errors import UsageError

Samples = npt.NDArray[np.int16]

_TICKS_PER_S = 90_000
"""The usual time base of video: fine enough for any camera's time stamps."""
_X264 = {"preset": "veryfast", "crf": "22"}
_KEY_EVERY = 50
"""Pictures from one key picture to the next: how finely a player can jump, and how much a power cut can cost."""
_AAC_RATES_HZ = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_BT709 = 1


class Writer:
    """One open file with H.264 pictures and, if there is a sound rate, one AAC channel.

    ``pictures`` counts the pictures added so far.

    :raises OSError: (PyAV's errors among them) the file cannot be written; every method may raise it.
    :raises UsageError: this PyAV was built without an H.264 encoder.
    """

    def __init__(self, path: Path, width_px: int, height_px: int, sound_hz: int | None) -> None:
        """Create the file and write its head."""
        options = {}
        if av.library_versions["libavformat"] >= (62,):
            # What lies in the file can be played even if the power fails; when it is finished it is an ordinary MP4.
            # Without delay_moov its pictures would come late by what the encoder holds back.
            options["movflags"] = "+hybrid_fragmented+frag_keyframe+delay_moov"
        # "file:" keeps a colon in a name from being taken for a protocol.
        self._file = av.open(f"file:{path}", "w", format="mp4", options=options)
        try:
            if "libx264" not in av.codecs_available:
                raise UsageError("films need PyAV with libx264; install it from PyPI: pip install av")
            video = self._file.add_stream("libx264", rate=25, options=dict(_X264))
            video.width, video.height, video.pix_fmt = width_px, height_px, "yuv420p"
            context = video.codec_context
            context.time_base, context.gop_size = Fraction(1, _TICKS_PER_S), _KEY_EVERY
            context.color_range, context.colorspace = ColorRange.MPEG, _BT709
            context.color_primaries = context.color_trc = _BT709
            self._video = video
            self._sound: AudioStream | None = None
            if sound_hz is not None:
                rate_hz = sound_hz if sound_hz in _AAC_RATES_HZ else 48000
                self._sound = self._file.add_stream("aac", rate=rate_hz, layout="mono")
            self._file.start_encoding()
        except BaseException:
            self._file.close()
            raise
        self._sound_hz = sound_hz or 0
        self.pictures = 0
        self._samples = 0
        self._last_tick = -1
        self._scaler = VideoReformatter()

    def picture(self, picture: Picture, t_s: float) -> None:
        """Add one picture, shown from ``t_s`` seconds of the film on.  Times that do not grow are moved a tick on."""
        frame = self._scaler.reformat(
            av.VideoFrame.from_ndarray(picture, "rgb24"), format="yuv420p", dst_colorspace=Colorspace.ITU709
        )
        tick = max(round(t_s * _TICKS_PER_S), self._last_tick + 1)
        self._last_tick = tick
        frame.pts, frame.time_base = tick, Fraction(1, _TICKS_PER_S)
        self._file.mux(self._video.encode(frame))
        self.pictures += 1

    def sound(self, samples: Samples) -> None:
        """Add sound, right after what was added last; the first begins with the film."""
        if self._sound is None or samples.size == 0:
            return
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, :]), format="s16", layout="mono")
        frame.sample_rate = self._sound_hz
        frame.pts, frame.time_base = self._samples, Fraction(1, self._sound_hz)
        self._samples += samples.size
        self._file.mux(self._sound.encode(frame))

    def finish(self) -> None:
        """Write what the encoders still hold, and the file's end."""
        try:
            self._file.mux(self._video.encode(None))
            if self._sound is not None and self._samples:
                self._file.mux(self._sound.encode(None))
        finally:
            self._file.close()
