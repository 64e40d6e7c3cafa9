"""The preprocessors, one record each: names, sliders, files, what runs them, what units do; no torch."""
