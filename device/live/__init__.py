"""The coach live: camera, engine, voice and panel at work together, and what they say of themselves."""
