"""One SQLite file: the secret of sessions, presets, settings, the index of pictures."""
