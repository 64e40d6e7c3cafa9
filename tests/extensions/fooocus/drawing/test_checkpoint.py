"""The checkpoint of a request is loaded as its generation will load it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from extensions.fooocus.drawing.checkpoint import model_of


def test_it_is_that_of_the_generation() -> None:
    request: Any = SimpleNamespace(base=SimpleNamespace(checkpoint="a.safetensors", options="its options"))
    services: Any = SimpleNamespace(load_checkpoint=lambda *asked: asked)
    assert model_of(request, services) == ("a.safetensors", "its options")
