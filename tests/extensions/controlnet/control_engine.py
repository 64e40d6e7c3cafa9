"""An engine on the small checkpoint with ControlNet, and requests with units for it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import engine_settings, make_request

MODELS = Path(__file__).resolve().parents[2] / "data" / "models"


@contextmanager
def control_engine(data: Path, **folders: tuple[Path, ...]) -> Generator[Engine]:
    """``folders``: ``controlnets`` and ``annotators``, where units look for files."""
    settings = engine_settings(MODELS, data, extensions=("controlnet",))
    engine = Engine(replace(settings, folders=replace(settings.folders, **folders)))
    yield engine
    engine.close()


def generate(engine: Engine, *units: dict[str, Any], **changes: Any) -> GenerationResult:
    """Two steps with the units."""
    call = ScriptCall(name="ControlNet", args=tuple({"enabled": True, **unit} for unit in units))
    result = engine.run(make_request(MODELS, steps=2, always_on=(call,), **changes))
    assert isinstance(result, GenerationResult)
    return result
