"""The drawings of docs/posture.md, made from the engine's own numbers; see `scripts/draw_measures`."""
