"""Units that change the UNet's own layers: their passes, their shared maps, what is computed once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from extensions.controlnet.control.networks.adapter import AdapterNetwork
from extensions.controlnet.control.networks.adapter_hook import AdapterFeatures
from extensions.controlnet.control.networks.lllite import LLLiteHook, LLLiteNetwork
from extensions.controlnet.control.networks.patches import (
    UnitFeatures,
    patches_in,
    tell_shared_maps,
    unit_patch,
)
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.detect import ControlKind
from pipelines.extending.typed_store import TypedStore
from pipelines.generation.job import GenerationJob
from tests.extensions.controlnet import tiny

MODEL = tiny.tiny_model()
CALL = tiny.tiny_call(MODEL)


def unit(kind: ControlKind, file: str = "a.pth", **values: Any) -> PreparedUnit:
    path = Path(file)
    return replace(tiny.tiny_unit(**values), kind=kind, file=ControlFile(path=path, short_hash="0"))


def job(said: list[str]) -> GenerationJob:
    made = SimpleNamespace(store=TypedStore(), warn=said.append)
    return cast("GenerationJob", made)


class Features(AdapterNetwork):
    """Four features of the map's mean, counted."""

    calls = 0

    def features(self, hint: Tensor) -> list[Tensor]:
        self.calls += 1
        return [torch.full((1, 1, 2, 2), float(hint.mean()))] * 4


class Embeddings(LLLiteNetwork):
    """No modules, and calls counted."""

    calls = 0

    def embeddings(self, hint: Tensor) -> dict[str, Tensor]:
        self.calls += 1
        return {}


def adapter(file: str = "a.pth") -> Features:
    tensors = {"body.0.x": torch.ones(1)}
    return Features(path=Path(file), tensors=tensors, light=True, xl=False, dtype=torch.float32)


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (ControlKind.T2I_ADAPTER, True, True),
        (ControlKind.LLLITE, True, False),
        (ControlKind.CONTROLNET, False, False),
    ],
)
def test_lllite_acts_in_the_first_pass_only(kind: ControlKind, low: bool, high: bool) -> None:
    assert (patches_in(unit(kind), hires=False), patches_in(unit(kind), hires=True)) == (low, high)


def test_adapters_of_one_file_share_the_first_map_and_say_so() -> None:
    said: list[str] = []
    adapters = [unit(ControlKind.T2I_ADAPTER, file, field=f"u{i}") for i, file in enumerate(("a", "b", "a"))]
    tell_shared_maps(job(said), [*adapters, unit(ControlKind.LLLITE, "a", field="u3")])
    assert said == ["u2: a goes by the map of its first unit"]


def test_features_are_made_once_per_file_from_the_first_map() -> None:
    given, network = job([]), adapter()
    units = [unit(ControlKind.T2I_ADAPTER, weight=weight) for weight in (1.0, 0.5)]
    other = replace(units[1], base=255 - units[1].base)
    made = [unit_patch(given, one, network, CALL, hires=False) for one in (units[0], other)]
    assert network.calls == 1
    first, second = (one.features for one in made if isinstance(one, AdapterFeatures))
    assert torch.equal(second[0], 0.5 * first[0])
    another = adapter("b.pth")
    unit_patch(given, unit(ControlKind.T2I_ADAPTER, "b.pth"), another, CALL, hires=False)
    assert another.calls == 1
    assert len(given.store.keep(UnitFeatures, UnitFeatures).adapters) == 2


def test_lllites_embeddings_are_made_once_per_unit() -> None:
    given = job([])
    network = Embeddings(path=Path("l.pth"), modules={}, dtype=torch.float32, cell=8)
    units = [unit(ControlKind.LLLITE, weight=0.3, field="u0"), unit(ControlKind.LLLITE)]
    hooks = [unit_patch(given, one, network, CALL, hires=False) for one in (units[0], units[0], units[1])]
    assert network.calls == 2
    assert isinstance(hooks[0], LLLiteHook)
    assert (hooks[0].weight, hooks[0].place) == (0.3, "u0.model")
