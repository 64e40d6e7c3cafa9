"""An engine on the small checkpoint with ControlNet, and requests with units for it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import engine_settings, make_request

MODELS = Path(__file__).resolve().parents[2] / "data" / "models"


def folder_flags(*, controlnets: Path | None = None, annotators: Path | None = None) -> dict[str, Any]:
    """The flags that name where control models and the files of preprocessors lie."""
    named = {"controlnet_dir": controlnets, "controlnet_annotator_models_path": annotators}
    return {key: None if folder is None else str(folder) for key, folder in named.items()}


@contextmanager
def control_engine(
    data: Path, *, controlnets: Path | None = None, annotators: Path | None = None
) -> Generator[Engine]:
    """``controlnets`` and ``annotators``: where units look for files."""
    flags = folder_flags(controlnets=controlnets, annotators=annotators)
    engine = Engine(engine_settings(MODELS, data, extensions=("controlnet",), extension_flags=flags))
    yield engine
    engine.close()


def generate(engine: Engine, *units: dict[str, Any], **changes: Any) -> GenerationResult:
    """Two steps with the units."""
    call = ScriptCall(name="ControlNet", args=tuple({"enabled": True, **unit} for unit in units))
    result = engine.run(make_request(MODELS, steps=2, always_on=(call,), **changes))
    assert isinstance(result, GenerationResult)
    return result
