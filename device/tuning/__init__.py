"""Changing the settings: where they lie, what they are, and how a change is checked, kept and confirmed."""
