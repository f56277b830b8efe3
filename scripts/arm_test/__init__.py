"""What scripts/test-on-arm needs: a system like a Pi's, the suite and the clips in it, a place for the result."""
