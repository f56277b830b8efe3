"""Every setting: its value, unit, range and meaning.  This file is the list; nothing else holds a default.

Numbers marked "chosen by us" are engineering choices; the others name where they come from.
"""

from __future__ import annotations

from dataclasses import field

from device import texts
from device.settingkinds import Section, choice, number, profile_name, spoken, switch, text, topic


class CameraSettings(Section):
    """Which camera, where it stands, and how it takes pictures."""

    source: str = text(
        "auto", "auto: the Pi's camera, else a USB camera; or picamera2, usb, a device (/dev/video0) or a video file"
    )
    view: str = choice(
        "auto", ("auto", "front", "oblique", "side"), "where the camera stands; auto: found from the data"
    )
    pitch_deg: float = number(0.0, -45.0, 45.0, "°", "how far the camera looks down; matters to lean at an angle")
    width_px: int = number(640, 160, 1920, "px", "width of the pictures; the model needs no more (chosen by us)")
    height_px: int = number(480, 120, 1080, "px", "height of the pictures")
    fps: float = number(30.0, 5.0, 60.0, "pictures/s", "how many pictures to take")
    exposure_ms: float = number(
        4.0, 0.1, 33.0, "ms", "longest exposure: a runner's hand moves 20 mm in 4 ms; in dim light try 8 (chosen by us)"
    )
    rotate_deg: int = choice(0, (0, 90, 180, 270), "how far to turn the picture clockwise to be upright", "°")
    mirror: bool = switch(False, "whether the camera gives mirrored pictures, left for right")


class ModelSettings(Section):
    """Which pose model runs, and how."""

    model: str = choice(
        "lightning",
        ("lightning", "thunder"),
        "the network; thunder is more exact, computes four times as much and must be built first (models/README.md)",
        restart=True,
    )
    threads: int = number(
        2, 1, 16, "threads", "processors the model may use at once; the poses are the same with any", restart=True
    )


class PostureSettings(Section):
    """How posture is read from key points."""

    min_score: float = number(0.2, 0.0, 1.0, "", "a key point with a lower score is not used (chosen by us)")
    found_s: float = number(0.5, 0.0, 10.0, "s", "a runner is there once seen for this long (chosen by us)")
    lost_s: float = number(1.5, 0.2, 30.0, "s", "a runner is gone once unseen for this long (chosen by us)")


class BaselineSettings(Section):
    """How the runner's own good form is learned.  All chosen by us."""

    settle_s: float = number(3.0, 0.0, 600.0, "s", "steady running before learning begins")
    learn_s: float = number(8.0, 3.0, 120.0, "s", "running that the baseline is the middle of")


class LeanSettings(Section):
    """Leaning too far forward.

    Self-selected trunk lean is 7.3±3.6°, cued "flexed" 14.1±4.8° (Teng & Powers 2014); the shoulder-to-hip lean of COCO
    key points reads lower.  The limits are chosen by us within that.
    """

    enabled: bool = switch(True, "whether this fault is coached")
    on_deg: float = number(
        15.0, 2.0, 60.0, "°", "a stride with more lean than this is out, whatever the runner's own form"
    )
    rise_deg: float = number(6.0, 1.0, 45.0, "°", "a stride this much above the runner's own baseline is out, too")
    least_deg: float = number(7.0, 0.0, 45.0, "°", "a stride with less lean than this is never out")
    clear_deg: float = number(3.0, 0.5, 20.0, "°", "a stride is good again this much below the limit")
    name: str = spoken("forward_lean", "name", "what it is called when spoken of")
    cues: tuple[str, ...] = spoken("forward_lean", "cues", "what is said, in turn")
    praise: tuple[str, ...] = spoken("forward_lean", "praise", "what is said once it is mended, in turn")


class ShoulderSettings(Section):
    """Shoulders raised towards the ears, or drawn forward with the head, against the runner's own baseline.

    There are no published norms for running, so there is no limit without a baseline.  The limits are chosen by us
    between what good form and what plain faults (40 mm) read on rendered runners (`scripts/calibrate`).  The trunk of
    a person of 1.75 m is 500 mm long: 1 % is 5 mm.
    """

    enabled: bool = switch(True, "whether this fault is coached")
    raised_pct: float = number(3.4, 1.0, 30.0, "% of trunk", "a stride with shoulders raised by more than this is out")
    forward_pct: float = number(
        8.0,
        1.0,
        40.0,
        "% of trunk",
        "a stride with shoulders and head drawn forward by more than this, added up, is out",
    )
    clear_share: float = number(0.6, 0.1, 0.95, "", "a stride is good again below this share of the limit")
    name: str = spoken("hunched_shoulders", "name", "what it is called when spoken of")
    cues: tuple[str, ...] = spoken("hunched_shoulders", "cues", "what is said, in turn")
    praise: tuple[str, ...] = spoken("hunched_shoulders", "praise", "what is said once it is mended, in turn")


class TwistSettings(Section):
    """Twisting the torso too much: the range of the thorax' yaw within a stride.

    Healthy runners twist 16–39° a stride (measured on public motion capture of 4 treadmill runners).  The limits are
    chosen by us: the absolute one well beyond what 39° may be misread for, the growth between what good form and
    what 1.8 times the twist read on rendered runners (`scripts/calibrate`).
    """

    enabled: bool = switch(True, "whether this fault is coached")
    on_deg: float = number(
        65.0, 20.0, 90.0, "°", "a stride with more twist than this is out, whatever the runner's own form"
    )
    rise_ratio: float = number(
        1.33, 1.05, 3.0, "×", "a stride with this many times the runner's own baseline is out, too"
    )
    least_deg: float = number(24.0, 0.0, 90.0, "°", "a stride with less twist than this is never out")
    clear_deg: float = number(4.0, 0.5, 30.0, "°", "a stride is good again this much below the limit")
    name: str = spoken("torso_twist", "name", "what it is called when spoken of")
    cues: tuple[str, ...] = spoken("torso_twist", "cues", "what is said, in turn")
    praise: tuple[str, ...] = spoken("torso_twist", "praise", "what is said once it is mended, in turn")


class PersistenceSettings(Section):
    """When a fault counts as lasting.  All chosen by us."""

    strides: int = number(8, 3, 60, "strides", "how many of the last strides are looked at")
    on_strides: int = number(6, 2, 60, "strides", "when so many of them are out, the fault begins")
    off_strides: int = number(2, 0, 59, "strides", "when no more than these are not yet good, it is mended")
    least_s: float = number(3.0, 0.0, 60.0, "s", "a fault begins no sooner than this after the first stride out")


class CueSettings(Section):
    """When something is said.  All chosen by us, on the side of silence."""

    gap_s: float = number(20.0, 0.0, 600.0, "s", "least time between any two cues")
    repeat_s: float = number(45.0, 0.0, 3600.0, "s", "least time between two cues for the same fault")
    backoff: float = number(2.0, 1.0, 10.0, "×", "times longer that wait gets with each cue ignored")
    longest_s: float = number(600.0, 0.0, 7200.0, "s", "the longest that wait gets")
    breath_s: float = number(
        4.0, 0.0, 60.0, "s", "least time between praise or a notice and what is said before or after it"
    )
    late_s: float = number(8.0, 0.0, 120.0, "s", "praise that would have to wait longer than this is left out")
    praise: bool = switch(True, "whether a mended fault is praised")


class NoticeSettings(Section):
    """What the runner is told of the coach itself, not of the form.  All chosen by us; an empty text is not said."""

    enabled: bool = switch(True, "whether notices are spoken")
    repeat_s: float = number(60.0, 0.0, 3600.0, "s", "least time before the same notice is spoken again")
    late_s: float = number(15.0, 0.0, 120.0, "s", "a notice that would have to wait longer than this is left out")
    ready: str = spoken("notices", "ready", "when the camera gives pictures, once after power-on")
    muted: str = spoken("notices", "muted", "when the button mutes the coach")
    unmuted: str = spoken("notices", "unmuted", "when it does so no more")
    relearning: str = spoken("notices", "relearning", "when the button asks for the baseline to be learned anew")
    shutting_down: str = spoken("notices", "shutting_down", "when the button switches the computer off")
    watching: str = spoken(
        "notices", "watching", "when a runner is seen: what is watched from here; {faults} are their names"
    )
    watching_nothing: str = spoken("notices", "watching_nothing", "when nothing can be judged from here")
    cannot_see: str = spoken(
        "notices", "cannot_see", "when a runner cannot be seen any more, or too badly to judge anything"
    )
    camera_moved: str = spoken("notices", "camera_moved", "when the camera stands elsewhere")
    runner_changed: str = spoken("notices", "runner_changed", "when somebody else runs")
    baseline_learned: str = spoken("notices", "baseline_learned", "when the baseline is learned")
    baseline_recalled: str = spoken("notices", "baseline_recalled", "when a baseline of an earlier run is used")
    refused_lean: str = spoken("notices", "refused_lean", "when lean keeps the baseline from being learned")
    refused_twist: str = spoken("notices", "refused_twist", "when twist keeps the baseline from being learned")
    refused_unsteady: str = spoken("notices", "refused_unsteady", "when strides differ too much for a baseline")
    refused_unseen: str = spoken("notices", "refused_unseen", "when too little is seen for a baseline")
    joiner: str = spoken("notices", "joiner", "what joins the last two names in {faults}")


class ClosingSettings(Section):
    """The one sentence at the end of a run.  An empty text is not said."""

    enabled: bool = switch(True, "whether a run ends with a spoken sentence")
    least_s: float = number(120.0, 0.0, 3600.0, "s", "a shorter run ends without one (chosen by us)")
    least_share: float = number(
        0.05, 0.0, 1.0, "", "a fault that was there for less of the time is not spoken of (chosen by us)"
    )
    fault: str = spoken(
        "closing",
        "fault",
        "when there was a fault: {time}, {amount} and {fault} become the words below, {cue} its first cue",
    )
    good: str = spoken("closing", "good", "when there was none")
    unjudged: str = spoken("closing", "unjudged", "when nothing could be judged")
    forward_lean: str = spoken("closing", "forward_lean", "how lean is spoken of there")
    hunched_shoulders: str = spoken("closing", "hunched_shoulders", "how shoulders are spoken of there")
    torso_twist: str = spoken("closing", "torso_twist", "how twist is spoken of there")
    some: str = spoken("closing", "some", "less than about a quarter of the time")
    quarter: str = spoken("closing", "quarter", "about a quarter")
    third: str = spoken("closing", "third", "about a third")
    half: str = spoken("closing", "half", "about half")
    two_thirds: str = spoken("closing", "two_thirds", "about two thirds")
    most: str = spoken("closing", "most", "four fifths or more")
    minute: str = spoken("closing", "minute", "a minute")
    minutes: str = spoken("closing", "minutes", "several; {count} is their number")
    hour: str = spoken("closing", "hour", "an hour")
    hours: str = spoken("closing", "hours", "several; {count} is their number")
    joiner: str = spoken("closing", "joiner", "what joins hours and minutes")


class PainSettings(Section):
    """From when on pain in the diary asks for a doctor or physical therapist.  All chosen by us."""

    level: int = number(4, 1, 10, "", "an entry of this or more counts as pain that may last")
    entries: int = number(3, 1, 50, "entries", "so many of them within the days below are pain that lasts")
    days: int = number(14, 1, 365, "days", "how far back the diary is looked at")
    severe: int = number(8, 1, 10, "", "a single entry of this or more is enough")


class ShoesSettings(Section):
    """How far a pair of shoes has run."""

    limit_km: float = number(
        500.0, 50.0, 5000.0, "km", "a pair is to be looked at from here on; podiatrists advise 480 to 800 km"
    )
    speed_kmh: float = number(
        9.0, 3.0, 30.0, "km/h", "speed of runs whose speed nobody told; set your usual one (chosen by us)"
    )


class VoiceSettings(Section):
    """How cues sound."""

    speaker: str = choice("auto", ("auto", "alsa", "none"), "what speaks; auto: ALSA where there is a sound card")
    device: str = text("auto", "the ALSA device, as `aplay -L` names it; auto: USB, else headphones, else the default")
    language: str = choice("en", texts.languages(), "the language of all that is said")
    engine: str = choice(
        "espeak-ng", ("espeak-ng", "flite", "pico", "piper"), "what makes the speech; all but espeak-ng are extras"
    )
    voice: str = text("", "name of one of the engine's voices; empty: the language's own")
    rate_wpm: int = number(165, 80, 450, "words/min", "how fast it speaks")
    volume: float = number(1.0, 0.0, 1.0, "", "how loud it speaks")
    lead_in_s: float = number(0.25, 0.0, 2.0, "s", "silence before speech: HDMI and Bluetooth swallow its start")
    chime: bool = switch(False, "whether a short sound comes before speech")
    late_s: float = number(1.0, 0.1, 10.0, "s", "what could be spoken only later than this is left out (chosen by us)")


class PanelSettings(Section):
    """The button and the light.  Numbers are those of GPIO (BCM), not of pins."""

    button_gpio: int = number(17, -1, 27, "GPIO", "where the button is, its other leg on ground; -1: there is none")
    light_gpio: int = number(27, -1, 27, "GPIO", "where the light is, with its resistor, to ground; -1: there is none")
    shutdown: bool = switch(False, "whether holding the button for 6 s switches the computer off")


class ProfileSettings(Section):
    """Whose settings and good form are in use, where several people share a treadmill."""

    name: str = profile_name("whose profile is in use; empty: nobody's, the settings are those of all")


class RunsSettings(Section):
    """What is remembered of each run, in the state folder.  All chosen by us."""

    keep: bool = switch(True, "whether runs are remembered")
    poses: bool = switch(True, "whether their key points are, too, to replay and to tune by; below 10 MB an hour")
    largest_mb: int = number(
        1000, 10, 100_000, "MB", "what all runs may take together; of the oldest the key points go first"
    )
    end_s: float = number(120.0, 10.0, 3600.0, "s", "a run is over after so long without running")


class MqttSettings(Section):
    """What is told to a message broker of yours (`docs/mqtt.md`); nothing unless switched on."""

    enabled: bool = switch(False, "whether runs, state, health and cues are published by MQTT")
    host: str = text("localhost", "name or address of the broker")
    port: int = number(0, 0, 65535, "", "its port; 0: 8883 with TLS, else 1883")
    tls: bool = switch(False, "whether the connection is encrypted, and the broker has to prove who it is")
    ca_file: str = text("", "file with the authority that vouches for the broker; empty: those the system trusts")
    username: str = text("", "who the coach is there; empty: nobody in particular")
    password_file: str = text("", "file whose first line is the password; it never stands in the settings")
    prefix: str = topic("form-coach", "what the topics begin with; another one for each coach")
    poses: bool = switch(False, "whether the runner's key points are published, too; else they stay on the device")
    home_assistant: bool = switch(True, "whether Home Assistant finds the coach by itself")
    queue_mb: int = number(10, 1, 1000, "MB", "what may wait on the disk for a broker that is away (chosen by us)")


class Settings(Section):
    """All settings, by section."""

    camera: CameraSettings = field(default_factory=CameraSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    posture: PostureSettings = field(default_factory=PostureSettings)
    baseline: BaselineSettings = field(default_factory=BaselineSettings)
    forward_lean: LeanSettings = field(default_factory=LeanSettings)
    hunched_shoulders: ShoulderSettings = field(default_factory=ShoulderSettings)
    torso_twist: TwistSettings = field(default_factory=TwistSettings)
    persistence: PersistenceSettings = field(default_factory=PersistenceSettings)
    cues: CueSettings = field(default_factory=CueSettings)
    notices: NoticeSettings = field(default_factory=NoticeSettings)
    closing: ClosingSettings = field(default_factory=ClosingSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    panel: PanelSettings = field(default_factory=PanelSettings)
    pain: PainSettings = field(default_factory=PainSettings)
    shoes: ShoesSettings = field(default_factory=ShoesSettings)
    profile: ProfileSettings = field(default_factory=ProfileSettings)
    runs: RunsSettings = field(default_factory=RunsSettings)
    mqtt: MqttSettings = field(default_factory=MqttSettings)

    def contradictions(self) -> list[str]:
        """What is wrong between settings that are each right by themselves."""
        found = []
        if self.forward_lean.least_deg > self.forward_lean.on_deg:
            found.append(
                f"forward_lean.least_deg = {self.forward_lean.least_deg:g}: must not be above "
                f"forward_lean.on_deg = {self.forward_lean.on_deg:g}"
            )
        if self.torso_twist.least_deg > self.torso_twist.on_deg:
            found.append(
                f"torso_twist.least_deg = {self.torso_twist.least_deg:g}: must not be above "
                f"torso_twist.on_deg = {self.torso_twist.on_deg:g}"
            )
        if self.persistence.on_strides > self.persistence.strides:
            found.append(
                f"persistence.on_strides = {self.persistence.on_strides}: must not be above "
                f"persistence.strides = {self.persistence.strides}"
            )
        if self.panel.button_gpio == self.panel.light_gpio != -1:
            found.append(f"panel.button_gpio = {self.panel.button_gpio}: the light is there already (panel.light_gpio)")
        if self.persistence.off_strides >= self.persistence.on_strides:
            found.append(
                f"persistence.off_strides = {self.persistence.off_strides}: must be below "
                f"persistence.on_strides = {self.persistence.on_strides}"
            )
        return found
