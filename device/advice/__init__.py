"""What helps: advice chosen from what a run showed, the pain diary, the shoes, and the word at the end of a run.

``facts``, ``choose`` and ``closing`` are pure; ``book`` reads the texts; ``recall``, ``diary`` and ``shoes`` ask the
database of the runs.
"""
