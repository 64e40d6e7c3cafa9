"""The head of a union network: features shifted by the map's type, and the type in the time embedding."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models.controlnets.controlnet_union import ControlNetUnionModel

from extensions.controlnet.control.networks.layout import control_layout
from extensions.controlnet.control.networks.union import UnionNetwork, build_union
from extensions.controlnet.control.networks.union_head import UnionHead
from extensions.controlnet.units.tensor_names import canonical
from pipelines.contract.errors import CorruptFile
from tests.extensions.controlnet.union_files import SD1, SDXL, as_file, union


@pytest.fixture(scope="module")
def promax() -> tuple[ControlNetUnionModel, UnionNetwork]:
    model = union(8, SDXL)
    network = build_union(Path("x"), canonical(as_file(model)), heads=None, dtype=torch.float32)
    return model, network


def test_an_unknown_type_adds_the_plain_hint(promax: tuple[ControlNetUnionModel, UnionNetwork]) -> None:
    model, network = promax
    hint = torch.rand(1, 3, 64, 64)
    features = network.head.features(hint, None)
    assert torch.equal(features, model.controlnet_cond_embedding(hint))
    shift = network.head.features(hint, 2) - features
    assert shift.abs().max() > 0
    assert torch.allclose(shift, shift[:, :, :1, :1].expand_as(shift), atol=1e-6)
    kinds = [network.head.vector(torch.zeros(1, 40), task, torch.float32) for task in (None, 0, 1)]
    assert not torch.equal(kinds[0], kinds[1]) and not torch.equal(kinds[1], kinds[2])


def test_without_an_embedding_a_vector_adds_nothing() -> None:
    plain = build_union(Path("x"), canonical(as_file(union(6, SD1))), heads=8, dtype=torch.float32).head
    assert plain.types == 6
    assert torch.equal(
        plain.vector(torch.ones(1, 40), 2, torch.float32), plain.vector(None, 2, torch.float32)
    )


def test_a_vector_is_embedded_and_added(promax: tuple[ControlNetUnionModel, UnionNetwork]) -> None:
    head = promax[1].head
    assert head.class_embedding is not None
    vector = torch.ones(3, 40)
    made = head.vector(vector, 1, torch.float32)
    assert made.shape[0] == 3
    torch.testing.assert_close(made, head.class_embedding(vector) + head.vector(None, 1, torch.float32))


def test_types_that_do_not_divide_the_embedding_are_refused() -> None:
    shapes = {name: tuple(t.shape) for name, t in canonical(as_file(union(6, SD1))).items()}
    layout = control_layout(shapes)
    with pytest.raises(CorruptFile, match="sizes of task_embedding"):
        UnionHead({**shapes, "task_embedding": (5, 32)}, layout)
