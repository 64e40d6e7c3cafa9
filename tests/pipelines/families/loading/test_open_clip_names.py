"""Tensors of transformers' text model have their places in OpenCLIP's files."""

from __future__ import annotations

import pytest

from pipelines.families.loading.open_clip_names import OpenClipTensor, open_clip_tensor

LAYER = "text_model.encoder.layers.7"
BLOCK = "transformer.resblocks.7"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (f"{LAYER}.layer_norm1.weight", f"{BLOCK}.ln_1.weight"),
        (f"{LAYER}.layer_norm2.bias", f"{BLOCK}.ln_2.bias"),
        (f"{LAYER}.mlp.fc1.weight", f"{BLOCK}.mlp.c_fc.weight"),
        (f"{LAYER}.mlp.fc2.bias", f"{BLOCK}.mlp.c_proj.bias"),
        (f"{LAYER}.self_attn.out_proj.weight", f"{BLOCK}.attn.out_proj.weight"),
        ("text_model.embeddings.token_embedding.weight", "token_embedding.weight"),
        ("text_model.embeddings.position_embedding.weight", "positional_embedding"),
        ("text_model.final_layer_norm.bias", "ln_final.bias"),
    ],
)
def test_layers_keep_number_and_kind(name: str, place: str) -> None:
    assert open_clip_tensor(name) == OpenClipTensor(name=place)


@pytest.mark.parametrize(("letter", "third"), [("q", 0), ("k", 1), ("v", 2)])
@pytest.mark.parametrize("kind", ["weight", "bias"])
def test_projections_are_thirds_of_one_tensor(letter: str, third: int, kind: str) -> None:
    place = open_clip_tensor(f"{LAYER}.self_attn.{letter}_proj.{kind}")
    assert place == OpenClipTensor(name=f"{BLOCK}.attn.in_proj_{kind}", third=third)


def test_the_text_projection_lies_transposed() -> None:
    assert open_clip_tensor("text_projection.weight") == OpenClipTensor(
        name="text_projection", transposed=True
    )


@pytest.mark.parametrize(
    "name", ["vision_model.x.weight", f"{LAYER}.mlp.fc3.weight", "text_model.encoder.layers.x.mlp.fc1.weight"]
)
def test_an_unknown_tensor_has_no_place(name: str) -> None:
    with pytest.raises(KeyError):
        open_clip_tensor(name)
