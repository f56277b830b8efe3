"""The film of a run: what the coach sees, knows and says, drawn over the picture and written as a video."""
