"""Models whose text can be trained on, and the grey picture of inpainting networks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.model import LoadedModel
from pipelines.training.encoding import GreyPicture, require_plain_text


def model_of(
    *,
    encoders: int = 1,
    vector: object = None,
    conditioning: str = "inpaint",
    seen: list[Tensor] | None = None,
) -> LoadedModel:
    """A model that encodes grey to its mean, at an eighth of the size."""

    def encode_pixels(pixels: Tensor, *, generator: torch.Generator) -> Tensor:
        if seen is not None:
            seen.append(pixels)
        torch.randn(1, generator=generator)
        return pixels.mean(dim=1, keepdim=True)[..., ::8, ::8].repeat(1, 4, 1, 1)

    family = SimpleNamespace(text=SimpleNamespace(vector=vector), title="Toy")
    return cast(
        Any,
        SimpleNamespace(
            name="toy",
            family=family,
            text_encoders=[None] * encoders,
            conditioning=conditioning,
            latents=SimpleNamespace(cell=8),
            encode_pixels=encode_pixels,
        ),
    )


def test_one_text_encoder_without_a_vector_is_plain() -> None:
    require_plain_text(model_of(), "embeddings")
    for other in (model_of(encoders=2), model_of(vector=object())):
        with pytest.raises(UnsupportedModel, match=r"embeddings can be trained .*; toy is Toy") as refused:
            require_plain_text(other, "embeddings")
        assert refused.value.field == "checkpoint"


def test_plain_networks_have_no_condition() -> None:
    grey = GreyPicture(model_of(conditioning="none"))
    assert grey.told(torch.zeros(2, 4, 2, 3), torch.Generator()) is None


def test_networks_that_edit_are_refused() -> None:
    grey = GreyPicture(model_of(conditioning="edit"))
    with pytest.raises(UnsupportedModel, match="edits pictures") as refused:
        grey.told(torch.zeros(2, 4, 2, 3), torch.Generator())
    assert refused.value.field == "checkpoint"


def test_inpainting_networks_get_a_full_mask_and_grey() -> None:
    seen: list[Tensor] = []
    told = GreyPicture(model_of(seen=seen)).told(torch.zeros(2, 4, 2, 3), torch.Generator())
    assert told is not None and told.shape == (2, 5, 2, 3)
    assert bool((told[:, 0] == 1).all()) and bool((told[:, 1:] == 0.5).all())
    assert seen[0].shape == (1, 3, 16, 24)


def test_each_size_is_encoded_and_drawn_for_once() -> None:
    seen: list[Tensor] = []
    grey, generator = GreyPicture(model_of(seen=seen)), torch.Generator().manual_seed(1)
    for height in (2, 2, 3):
        grey.told(torch.zeros(1, 4, height, 3), generator)
    assert [pixels.shape[2] for pixels in seen] == [16, 24]
    fresh = torch.Generator().manual_seed(1)
    torch.randn(1, generator=fresh)
    torch.randn(1, generator=fresh)
    assert torch.equal(generator.get_state(), fresh.get_state())
