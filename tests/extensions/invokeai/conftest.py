"""One engine for the tests that run graphs, and a bench for those that run single nodes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from extensions.invokeai.invocation.registry import InvocationRegistry
from tests.extensions.invokeai.bench import Bench, make_bench
from tests.extensions.invokeai.graphs import GraphEngine, graph_engine, write_pack

EXAMPLE = '''
from typing import Any
from invokeai.invocation_api import (
    BaseInvocation, BaseInvocationOutput, ImageField, ImageOutput, InputField, IntegerOutput,
    InvocationContext, LatentsOutput, OutputField, WithBoard, WithMetadata, invocation, invocation_output,
)
from invokeai.app.invocations.denoise_latents import DenoiseLatentsInvocation
from invokeai.app.invocations.flux_denoise import FluxDenoiseInvocation
from PIL import ImageOps


def do_something_cool(image):
    return ImageOps.invert(image.convert("RGB"))


@invocation_output("pack_odd_output")
class Odd(BaseInvocationOutput):
    value: Any = OutputField()


class Undecorated(BaseInvocation):
    ...
    def invoke(self, context: InvocationContext) -> ImageOutput:
        ...


@invocation("my_invocation", title="My Invocation", version="1.0.0")
class MyInvocation(BaseInvocation):
    image: ImageField = InputField()
    def invoke(self, context: InvocationContext) -> ImageOutput:
        # Load an image
        image_pil = context.images.get_pil(self.image.image_name)
        # Do something to the image
        output_image = do_something_cool(image_pil)
        # Save the image
        image_dto = context.images.save(output_image)
        # Log a message
        context.logger.info(f"Did something cool, image saved!")
        # Return the output
        return ImageOutput.build(image_dto)
    ...


@invocation("pack_everything", version="1.2.3", use_cache=False)
class Everything(BaseInvocation, WithMetadata, WithBoard):
    """Uses every part of the context."""

    image: ImageField = InputField()
    lenient: int = InputField(default=None)

    def invoke(self, context: InvocationContext) -> ImageOutput:
        import torch
        from invokeai.invocation_api import (
            BasicConditioningInfo, ConditioningFieldData, MetadataField, ModelType,
        )
        name = context.tensors.save(torch.ones(1, 4, 8, 8))
        assert context.tensors.load(name).sum() == 256
        info = ConditioningFieldData(conditionings=[BasicConditioningInfo(embeds=torch.zeros(1, 77, 8))])
        kept = context.conditioning.load(context.conditioning.save(info))
        assert kept.conditionings[0].embeds.shape == (1, 77, 8)
        (found,) = context.models.search_by_attrs(name="tiny-sd1", type=ModelType.Main)
        assert context.models.exists(found.key) and not context.models.exists("nothing")
        assert context.models.get_absolute_path(found) == context.models.get_absolute_path(found.path)
        with context.models.load(found.key, "vae") as vae:
            assert hasattr(vae, "decode")
        board = context.boards.create("made by a node")
        assert context.boards.get_dto(board.board_id).board_name == "made by a node"
        assert not context.util.is_canceled()
        signal_progress = context.util.signal_progress
        progress_image = context.images.get_pil(self.image.image_name, mode="L")
        signal_progress("Working")
        signal_progress("Working", 0.5, progress_image, (640, 640))
        assert context.config.get().custom_nodes_path.is_dir()
        assert context.images.get_path(self.image.image_name, thumbnail=True).suffix == ".webp"
        dto = context.images.save(image=progress_image)
        context.boards.add_image_to_board(board.board_id, dto.image_name)
        assert context.boards.get_all_image_names_for_board(board.board_id) == [dto.image_name]
        own = context.images.save(progress_image, metadata=MetadataField({"own": True}))
        assert context.images.get_metadata(own.image_name).root == {"own": True}
        return ImageOutput.build(context.images.save(progress_image))


@invocation("pack_denoise", version="1.0.0")
class Linked(DenoiseLatentsInvocation, WithMetadata):
    """Denoises as the core node does."""

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        return super().invoke(context)


@invocation("pack_flux", version="1.0.0")
class LinkedFlux(FluxDenoiseInvocation):
    """Builds on a node that does not run here."""

    def invoke(self, context: InvocationContext) -> LatentsOutput:
        return super().invoke(context)


@invocation("pack_counts", version="1.0.0")
class Counts(BaseInvocation):
    start: int = InputField()

    def invoke(self, context: InvocationContext) -> IntegerOutput:
        self.start += 1
        return IntegerOutput(value=self.start)


@invocation("pack_answers", version="1.0.0")
class Answers(BaseInvocation):
    how: str = InputField()

    def invoke(self, context: InvocationContext) -> ImageOutput:
        import sys
        import numpy as np
        if self.how == "exit":
            sys.exit("enough")
        return {"nothing": None, "a dictionary": {"value": 1}, "numpy": Odd(value=np.float32(1))}[self.how]


@invocation("pack_fails", version="1.0.0")
class Fails(BaseInvocation):
    """Fails."""

    def invoke(self, context: InvocationContext) -> ImageOutput:
        raise KeyError("nothing to be found")


@invocation("pack_steps", version="1.0.0", use_cache=False)
class Steps(BaseInvocation):
    """Goes on until it is cancelled."""

    def invoke(self, context: InvocationContext) -> ImageOutput:
        for i in range(1000000):
            context.util.signal_progress("Going on", i / 999999)
        raise RuntimeError("nobody cancelled")


@invocation("pack_hangs", version="1.0.0", use_cache=False)
class Hangs(BaseInvocation):
    """Goes on for ever, and never asks whether it may."""

    def invoke(self, context: InvocationContext) -> ImageOutput:
        while True:
            pass
'''


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEngine]:
    """An engine with a pack that works, one that fails, and one of Invoke 3."""
    data = tmp_path_factory.mktemp("invoke")
    write_pack(data, "good-pack", EXAMPLE)
    write_pack(data, "bad_pack", "import invokeai.invocation_api\nraise OSError('no such device')\n")
    write_pack(data, "old_pack", "from invokeai.app.invocations.baseinvocation import InputField\n")
    write_pack(data, "needy_pack", "import surely_not_installed\n")
    (data / "nodes" / "loose.py").write_text("raise RuntimeError\n")
    with graph_engine(data) as made:
        yield made
    packs = [
        name for name, node in InvocationRegistry.nodes.items() if node.UIConfig.node_pack == "good-pack"
    ]
    for name in packs:
        InvocationRegistry.nodes.pop(name)
    for name in [name for name in sys.modules if name.partition(".")[0] == "good-pack"]:
        del sys.modules[name]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A context for single nodes, on a store of its own."""
    return make_bench(tmp_path)
