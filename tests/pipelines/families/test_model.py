"""A loaded model changes its patches, parts and graphs together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.base import Family
from pipelines.families.graphs import Graphs
from pipelines.families.model import BackboneInputs, LoadedModel, TextEncoderPart
from pipelines.families.patches import NO_PATCHES, Hypertile, Patches
from pipelines.families.placement import PlacedModel, Placement
from pipelines.families.precision import FULL
from pipelines.families.sd.latents import SD_LATENTS
from pipelines.families.text import TextTower
from pipelines.families.vae import Codec
from pipelines.sampling.model_noise import ModelNoise

TILED, MERGED = Patches(tiling=True), Patches(token_merging=0.5)


class Answers:
    """A family whose backbone returns x plus one."""

    title = "Answering"
    latents = SD_LATENTS

    def call(self, model: LoadedModel, inputs: BackboneInputs) -> Tensor:
        assert not torch.is_grad_enabled()
        return inputs.x + 1


@dataclass(slots=True)
class Turns:
    """A placement of one part at a time that moves nothing; ``log`` notes what happens."""

    log: list[object]
    there: set[str] = field(default_factory=set[str])

    def has(self, model: PlacedModel, parts: tuple[str, ...]) -> bool:
        return self.there >= set(parts)

    def require(self, model: PlacedModel, parts: tuple[str, ...]) -> None:
        self.there = set(parts)
        self.log.append(parts)

    def leave(self) -> None:
        self.there.clear()
        self.log.append("left")


@dataclass(slots=True)
class Replays:
    """Graphs that add a hundred to what is computed."""

    log: list[object]

    def call(self, inputs: BackboneInputs, compute: Callable[[BackboneInputs], Tensor]) -> Tensor:
        return compute(inputs) + 100

    def clear(self) -> None:
        self.log.append("graphs ended")


@pytest.fixture
def log() -> list[object]:
    return []


@pytest.fixture
def model(log: list[object]) -> LoadedModel:
    def patch(model: LoadedModel, patches: Patches, /) -> tuple[str, ...]:
        assert model.patches == NO_PATCHES
        log.append(patches)
        return ("odd",) if patches == MERGED else ()

    towers = [TextTower(kind="clip", listen=cast("Any", None), part=part) for part in ("text", "text", "t5")]
    return LoadedModel(
        path=Path("x"),
        name="x",
        family=cast("Family", Answers()),
        conditioning="inpaint",
        context_width=3,
        backbone=nn.Linear(2, 2),
        codec=cast("Codec", SimpleNamespace(module=nn.Linear(3, 1, bias=False))),
        text_encoders=tuple(TextEncoderPart(module=nn.Linear(1, 1), tower=tower) for tower in towers),
        noise=cast("ModelNoise", None),
        precision=FULL,
        device=torch.device("cpu"),
        patcher=patch,
        placement=cast("Placement", Turns(log)),
        graphs=cast("Graphs", Replays(log)),
    )


def asked(model: LoadedModel, *, hooked: bool = False) -> float:
    x = torch.zeros(1, 1, 1, 1)
    return float(model.predict(x, torch.zeros(1), torch.zeros(1, 1, 1), hooked=hooked))


def test_parts_are_named_once_each(model: LoadedModel) -> None:
    assert model.parts == ("backbone", "text", "t5", "vae")
    assert model.modules_of("backbone") == (model.backbone,)
    assert model.modules_of("vae") == (model.codec.module,)
    encoders = [encoder.module for encoder in model.text_encoders]
    assert (model.modules_of("text"), model.modules_of("t5")) == (tuple(encoders[:2]), (encoders[2],))
    assert model.modules_of("other") == ()


def test_bytes_are_those_of_all_parts(model: LoadedModel) -> None:
    assert model.bytes() == 4 * ((4 + 2) + 3 * (1 + 1) + 3)


def test_inputs_are_latents_and_their_condition(model: LoadedModel) -> None:
    assert model.in_channels == 4 + 1 + 4


def test_a_backbone_of_another_kind_is_no_unet(model: LoadedModel) -> None:
    with pytest.raises(UnsupportedModel, match="x has no UNet: it is a Answering checkpoint"):
        assert model.unet


def test_only_other_patches_are_put_on(model: LoadedModel, log: list[object]) -> None:
    assert model.apply(MERGED) == ("odd",)
    assert log == ["graphs ended", MERGED]
    assert model.apply(MERGED) == ("odd",)
    assert len(log) == 2
    assert model.apply(TILED) == ()
    assert log[2:] == ["graphs ended", TILED]


def test_a_patcher_that_fails_leaves_no_patches(model: LoadedModel) -> None:
    def fail(model: LoadedModel, patches: Patches, /) -> tuple[str, ...]:
        raise MemoryError

    model.apply(TILED)
    model.patcher = fail
    with pytest.raises(MemoryError):
        model.apply(MERGED)
    assert model.patches == NO_PATCHES


def test_without_a_patcher_nothing_can_be_changed(model: LoadedModel) -> None:
    model.patcher = None
    assert model.apply(NO_PATCHES) == ()
    with pytest.raises(RuntimeError, match="without a patcher"):
        model.apply(TILED)


def test_patches_follow_a_part_that_comes(model: LoadedModel, log: list[object]) -> None:
    model.require("backbone")
    model.apply(TILED)
    log.clear()
    model.require("vae")
    assert log == ["graphs ended", NO_PATCHES, ("vae",), "graphs ended", "graphs ended", TILED]
    assert model.patches == TILED
    log.clear()
    model.require("vae")
    assert log == []


def test_graphs_go_on_while_the_backbone_stays(model: LoadedModel, log: list[object]) -> None:
    model.require("backbone")
    log.clear()
    model.require("backbone", "vae")
    assert log == [("backbone", "vae")]


def test_leaving_the_device_takes_patches_and_graphs_along(model: LoadedModel, log: list[object]) -> None:
    model.apply(TILED)
    log.clear()
    model.to(torch.device("meta"))
    assert log == ["graphs ended", NO_PATCHES, "graphs ended", "left"]
    assert (model.device.type, model.patches) == ("meta", NO_PATCHES)


def test_calls_are_replayed_unless_something_changes_each(model: LoadedModel) -> None:
    assert asked(model) == 101
    assert asked(model, hooked=True) == 1
    model.apply(Patches(hypertile=Hypertile(seed=1, width=64, height=64, cell=8)))
    assert asked(model) == 1
    model.graphs = None
    model.apply(NO_PATCHES)
    assert asked(model) == 1
