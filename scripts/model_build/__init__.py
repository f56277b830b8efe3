"""Makes and measures the pose model; needs TensorFlow, which the coach itself does not."""
