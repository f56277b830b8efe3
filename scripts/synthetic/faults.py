"""When a fault is on, and how far: smooth ramps between good form and the fault."""

from __future__ import annotations

from collections.abc import Iterable

from .clips import FaultSpan


def smoothstep(x: float) -> float:
    """Rise from 0 (x ≤ 0) to 1 (x ≥ 1) with no kink at either end."""
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)


def share(span: FaultSpan, t_s: float) -> float:
    """How much of the fault is there at *t_s*: 0 none, 1 all of its severity."""
    rise = smoothstep((t_s - span.start_s) / span.ramp_s)
    fall = smoothstep((t_s - span.end_s) / span.ramp_s)
    return rise * (1.0 - fall)


def extra_lean_deg(spans: Iterable[FaultSpan], t_s: float) -> float:
    """Trunk lean on top of the runner's own at *t_s*, forward positive."""
    return sum(s.severity * share(s, t_s) for s in spans if s.fault == "forward_lean")


def shoulder_raise_mm(spans: Iterable[FaultSpan], t_s: float) -> float:
    """How far the shoulder joints are drawn up at *t_s*."""
    return sum(s.severity * share(s, t_s) for s in spans if s.fault == "hunched_shoulders")


def twist_factor(spans: Iterable[FaultSpan], t_s: float) -> float:
    """What the thorax' yaw is multiplied by at *t_s*; 1 in good form."""
    return 1.0 + sum((s.severity - 1.0) * share(s, t_s) for s in spans if s.fault == "torso_twist")
