"""Attention by regions: the scores of each level, and their way into cross-attention."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.denoising.model_call import ModelCall
from pipelines.denoising.token_regions import UNREAD, RegionalAttention, TokenRegions
from pipelines.engine.evaluate import evaluate
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from tests.pipelines.denoising.tiny_calls import call_of

LEFT = torch.tensor([[1.0, 0.0]])


def test_places_read_the_tokens_of_the_regions_they_are_in() -> None:
    regions = TokenRegions(masks=torch.stack([torch.ones(1, 2), LEFT]), lengths=(1, 2))
    assert regions.scores(2, 3).tolist() == [[0, 0, 0], [0, UNREAD, UNREAD]]


def test_a_place_in_no_region_reads_everything() -> None:
    assert TokenRegions(masks=LEFT[None], lengths=(2,)).scores(2, 2).eq(0).all()


def test_a_coarse_place_is_in_the_regions_of_those_it_joins() -> None:
    masks = torch.zeros(2, 3, 5)
    masks[0, 2, 4], masks[1, :, :2] = 1.0, 1.0
    scores = TokenRegions(masks=masks, lengths=(1, 1)).scores(6, 2)
    read = [[bool(one) for one in place] for place in scores.eq(0)]
    left, neither, right = [False, True], [True, True], [True, False]
    assert read == [left, neither, neither, left, neither, right]


@pytest.mark.parametrize(("queries", "keys"), [(3, 2), (2, 3)])
def test_other_grids_and_tokens_are_refused(queries: int, keys: int) -> None:
    with pytest.raises(ValueError, match="don't fit"):
        TokenRegions(masks=LEFT[None], lengths=(2,)).scores(queries, keys)


@pytest.fixture(scope="module")
def model(models_dir: Path) -> LoadedModel:
    return load_checkpoint(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")


def answered(call: ModelCall, **regions: TokenRegions | None) -> torch.Tensor:
    hook = RegionalAttention(regions.get("prompt"), regions.get("negative"))
    return evaluate([hook(call)])[0]


def two(first: float, second: float) -> TokenRegions:
    """Both halves of the tokens, each everywhere or nowhere."""
    masks = torch.stack([torch.full((8, 8), first), torch.full((8, 8), second)])
    return TokenRegions(masks=masks, lengths=(77, 77))


def doubled(call: ModelCall) -> ModelCall:
    """The call with each row's text followed by another."""
    return replace(call, context=torch.cat([call.context, call.context.flip(1) * 2], dim=1))


def test_tokens_of_a_region_that_is_nowhere_are_not_read(model: LoadedModel) -> None:
    call = call_of(model)
    seen = answered(doubled(call), prompt=two(1, 0), negative=two(1, 0))
    assert torch.allclose(seen, evaluate([call])[0], atol=1e-4)


def test_only_the_rows_of_a_prompt_with_regions_change_and_nothing_is_left(model: LoadedModel) -> None:
    call = doubled(call_of(model))
    plain = evaluate([call])[0]
    prompt, negative = answered(call, prompt=two(0, 1)), answered(call, negative=two(0, 1))
    assert torch.allclose(prompt[1], plain[1], atol=1e-4) and not torch.allclose(
        prompt[0], plain[0], atol=1e-3
    )
    assert torch.allclose(negative[0], plain[0], atol=1e-4)
    assert not torch.allclose(negative[1], plain[1], atol=1e-3)
    assert torch.equal(evaluate([call])[0], plain)


def test_a_call_without_regions_stays_as_it_is(model: LoadedModel) -> None:
    call = call_of(model, is_cond=(False,))
    assert RegionalAttention(two(1, 0), None)(call) is call
