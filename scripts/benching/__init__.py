"""What ``scripts/bench`` measures: a step from Pose to Cue, a whole frame, memory, and the start."""
