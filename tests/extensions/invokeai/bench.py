"""A node's context on a real store and without an engine, and nodes run in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from extensions.invokeai.context.context import InvocationContext, build_invocation_context
from extensions.invokeai.context.parts import (
    InvocationContextData,
    InvocationServices,
    SessionQueueItem,
    SharedParts,
)
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.nodes.all_nodes import MODULES
from extensions.invokeai.store.images import ImageWish
from extensions.invokeai.store.owner import EVERYBODY
from pipelines.contract.control import JobControl
from pipelines.memory.weight_shelf import WeightShelf
from tests.engines import engine_settings

for _module in MODULES:
    import_module(_module)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The services of one session. ``engine``: its stand-in, to which a test adds what its nodes ask for."""

    services: InvocationServices
    engine: SimpleNamespace
    control: JobControl
    asked: list[Any] = field(default_factory=list[Any])
    """Steps that nodes handed to the engine."""

    def context(self, node: BaseInvocation, item: SessionQueueItem | None = None) -> InvocationContext:
        """Make the context of one run of a node, ``source`` in the graph."""
        item = item or SessionQueueItem(item_id=1, batch_id="b", session_id="s")
        data = InvocationContextData(queue_item=item, invocation=node, source_invocation_id="source")
        return build_invocation_context(self.services, data)

    def run(self, kind: str, **inputs: Any) -> dict[str, Any]:
        """Run a node of a type; return its output without its type."""
        node = InvocationRegistry.nodes[kind](**inputs)
        output = node.invoke(self.context(node))
        return output.model_dump(mode="json", exclude={"type", "output_meta"})

    def keep(self, image: Image.Image) -> dict[str, str]:
        """Save a picture, and name it as an input."""
        return {"image_name": self.services.gallery.images.save(image, ImageWish()).image_name}

    def opened(self, named: Mapping[str, Any]) -> Image.Image:
        """Return the picture that an output's field names."""
        return self.services.gallery.images.open(named["image_name"])

    def drawn(self, kind: str, **inputs: Any) -> NDArray[np.uint8]:
        """Run a node that returns a picture; return its pixels."""
        return np.asarray(self.opened(self.run(kind, **inputs)["image"]))

    def tensor(self, value: Tensor) -> str:
        """Save a tensor; return its name."""
        return self.services.shared.tensors.save(value)

    def loaded(self, name: str) -> Tensor:
        """Return a saved tensor."""
        return self.services.shared.tensors.load(name)


def make_bench(data: Path) -> Bench:
    """Make a bench whose folders are all below ``data``."""
    engine = SimpleNamespace(
        settings=engine_settings(data / "models", data),
        weights=WeightShelf(),
        residency=SimpleNamespace(device=torch.device("cpu")),
    )
    services: Any = engine
    control, asked = JobControl(), list[Any]()
    shared = SharedParts.of(services)
    work: Any = SimpleNamespace(services=engine, control=control)
    return Bench(
        services=InvocationServices(
            shared=shared, work=work, ask=asked.append, gallery=shared.store.seen_by(EVERYBODY)
        ),
        engine=engine,
        control=control,
        asked=asked,
    )
