"""An engine with ADetailer that its tests share, and what its repaintings ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.contract.requests import GenerationRequest
from pipelines.engine import work
from pipelines.engine.engine import Engine
from tests.extensions.adetailer.detail_engine import detail_engine


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine on the small checkpoint with ADetailer."""
    with detail_engine(tmp_path_factory.mktemp("detail")) as made:
        yield made


@pytest.fixture
def generations(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[GenerationRequest]:
    """Collect the generations that repaintings ask for."""
    asked: list[GenerationRequest] = []
    real = work.plain_generation

    def noted(request: GenerationRequest, context: Any) -> Any:
        asked.append(request)
        return real(request, context)

    monkeypatch.setattr(work, "plain_generation", noted)
    return asked
