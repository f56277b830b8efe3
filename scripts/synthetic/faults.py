"""When a fault is on, and how far: smooth ramps between good form and the fault, several at once if need be.

What each changes in the mesh besides its own measure, because bodies are made so (mean of six builds)::

    lean_hips, _thorax  14°      twist's range within 0.7°, shoulders within 1.5 mm, the head's place not
    lean_back           12°      the same
    shoulders_raised    60 mm    lean +1.8°, protraction +17 mm, head forward +15 mm: who shrugs rounds the shoulders
    shoulders_rounded   60 mm    lean +4.0°, protraction +35 mm: lean is measured to the shoulders, which come forward
    twist               2.1      lean -0.2°
    arms_cross          100 mm   twist's range +0.5°, lean +0.1°: the arms draw the skin of the shoulders along
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .description import Activity, FaultSpan
from .gait import ease


def share(span: FaultSpan | Activity, t_s: np.ndarray | float) -> np.ndarray:
    """How much of it is there at *t_s*: 0 nothing, 1 all of it."""
    t_s = np.asarray(t_s, dtype=float)
    return ease((t_s - span.start_s) / span.ramp_s) * (1.0 - ease((t_s - span.end_s) / span.ramp_s))


@dataclass(frozen=True)
class Amounts:
    """What all faults together come to; arrays as long as the times.

    :param lean_hips_deg: on top of the runner's own lean, from the hips; backward lean counts against it.
    :param lean_thorax_deg: from the thoracic spine.
    :param raise_mm: of the shoulders.
    :param rounded_mm: of the head forward, with the shoulders.
    :param twist: factor on the thorax' yaw; 1 in good form.
    :param cross: 0..1 how far the wrists go to where they pass the midline by ``cross_mm``.
    """

    lean_hips_deg: np.ndarray
    lean_thorax_deg: np.ndarray
    raise_mm: np.ndarray
    rounded_mm: np.ndarray
    twist: np.ndarray
    cross: np.ndarray
    cross_mm: np.ndarray


def amounts(spans: Iterable[FaultSpan], t_s: np.ndarray) -> Amounts:
    """What the spans come to at the times *t_s*."""
    shares: dict[str, list[tuple[np.ndarray, float]]] = {}
    for span in spans:
        shares.setdefault(span.kind, []).append((share(span, t_s), span.severity))

    def total(kind: str, less: float = 0.0) -> np.ndarray:
        return sum((on * (severity - less) for on, severity in shares.get(kind, ())), np.zeros_like(t_s))

    crossed = [on for on, _ in shares.get("arms_cross", ())]
    cross = np.minimum(sum(crossed, np.zeros_like(t_s)), 1.0)
    return Amounts(
        lean_hips_deg=total("lean_hips") - total("lean_back"),
        lean_thorax_deg=total("lean_thorax"),
        raise_mm=total("shoulders_raised"),
        rounded_mm=total("shoulders_rounded"),
        twist=1.0 + total("twist", less=1.0),
        cross=cross,
        cross_mm=total("arms_cross") / np.maximum(cross, 1e-9),
    )
