"""ControlNet's command-line flags, the original extension's."""

from __future__ import annotations

from sdapi.plugin import flag

FLAGS: tuple[flag.Flag, ...] = (
    flag.weights("--controlnet-dir", "one more folder of ControlNet files"),
    flag.weights("--controlnet-annotator-models-path", "folder of the preprocessors' files"),
    flag.switch("--no-half-controlnet", flag.HINT, "a ControlNet has the UNet's precision", default=None),
    flag.number("--controlnet-preprocessor-cache-size", flag.IGNORED, "preprocessors are not cached", 16),
    flag.text("--controlnet-loglevel", flag.IGNORED, "see --loglevel", "INFO"),
    flag.switch("--controlnet-tracemalloc", flag.IGNORED, "a debugging aid of the original", default=None),
)
