"""What scripts/test-picamera2 needs: a Debian root with the real picamera2 on libcamera's virtual camera."""
