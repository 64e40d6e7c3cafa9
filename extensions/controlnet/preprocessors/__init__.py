"""The preprocessors, one record each: names, sliders, files, functions, effects of their units; no torch."""
