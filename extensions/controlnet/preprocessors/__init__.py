"""The preprocessors by name: their sliders, their files, and which of them can't run; no torch."""
