"""The errors for preprocessors that can't be run, or not on this machine."""

from __future__ import annotations

from importlib.util import find_spec

from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from pipelines.plugin import UnsupportedModel


def unavailable(preprocessor: Preprocessor) -> UnsupportedModel:
    """The error for a preprocessor that can't be run."""
    reason = preprocessor.unavailable or "what is not built in"
    text = f"preprocessor {preprocessor.title} can't be run: it needs {reason}"
    return UnsupportedModel(text, field="module")


def require_package(preprocessor: Preprocessor) -> None:
    """Raise UnsupportedModel that names a Python package which isn't installed."""
    package = preprocessor.package
    if package and find_spec(package) is None:
        text = f"preprocessor {preprocessor.title} needs the Python package {package}, which is not installed"
        raise UnsupportedModel(text, field="module")
