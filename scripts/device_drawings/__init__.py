"""What scripts/draw_device draws docs/device with."""
