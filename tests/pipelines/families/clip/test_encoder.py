"""The text tower against transformers' own forward pass."""

from __future__ import annotations

from copy import deepcopy

import torch

from pipelines.families.clip.encoder import ClipEncoder
from tests.pipelines.text.encoding.models import WIDTH, clip_module, open_clip_module

IDS = torch.tensor([[49406, 320, 1125, *[49407] * 74], [49406, 2368, *[49407] * 75]])
NONE: list[list[tuple[int, torch.Tensor]]] = [[], []]


def test_clip_equals_transformers() -> None:
    module = clip_module()
    expected = module(IDS, output_hidden_states=True)
    output = ClipEncoder(module, "clip").encode(IDS, NONE)
    assert output.pooled is None
    assert len(output.hidden_states) == 13
    torch.testing.assert_close(output.last_hidden_state, expected.last_hidden_state)
    for ours, theirs in zip(output.hidden_states[:-1], expected.hidden_states[:-1], strict=True):
        torch.testing.assert_close(ours, theirs)


def test_open_clip_pools_at_the_largest_id() -> None:
    module = open_clip_module()
    ids = IDS.masked_fill(torch.arange(77) > 3, 0)
    expected = module(ids)
    output = ClipEncoder(module, "open_clip").encode(ids, NONE)
    torch.testing.assert_close(output.pooled, expected.text_embeds)
    torch.testing.assert_close(output.last_hidden_state, expected.last_hidden_state)


def test_final_layer_norm_of_the_last_state_is_the_output() -> None:
    encoder = ClipEncoder(clip_module(), "clip")
    output = encoder.encode(IDS, NONE)
    torch.testing.assert_close(encoder.final_layer_norm(output.hidden_states[-1]), output.last_hidden_state)


def test_embeddings_replace_token_vectors_before_positions_are_added() -> None:
    module = clip_module()
    vectors = module.embeddings.token_embedding.weight[[2368, 1125]]
    inserted = ClipEncoder(module, "clip").encode(
        torch.tensor([[49406, 0, 0, *[49407] * 74]]), [[(0, vectors)]]
    )
    written = ClipEncoder(module, "clip").encode(torch.tensor([[49406, 2368, 1125, *[49407] * 74]]), [[]])
    torch.testing.assert_close(inserted.last_hidden_state, written.last_hidden_state)


def test_embeddings_are_cut_at_the_end_and_leave_the_table_alone() -> None:
    module = clip_module()
    before = module.embeddings.token_embedding.weight.clone()
    output = ClipEncoder(module, "clip").encode(IDS[:1], [[(74, torch.ones(9, WIDTH))]])
    assert output.last_hidden_state.isfinite().all()
    assert torch.equal(module.embeddings.token_embedding.weight, before)


def test_masked_tokens_are_not_looked_at() -> None:
    encoder = ClipEncoder(clip_module(), "clip")
    mask = torch.ones(1, 77, dtype=torch.int64)
    mask[0, 1] = 0
    other = IDS[:1].clone()
    other[0, 1] = 2368
    first, second = encoder.encode(IDS[:1], [[]], mask), encoder.encode(other, [[]], mask)
    torch.testing.assert_close(first.last_hidden_state[:, 2:], second.last_hidden_state[:, 2:])
    assert not torch.allclose(first.last_hidden_state[:, 1], second.last_hidden_state[:, 1])


def test_half_precision_answers_in_fp32_behind_clips_layer_norm() -> None:
    clip = ClipEncoder(deepcopy(clip_module()).bfloat16(), "clip").encode(IDS, NONE)
    assert clip.hidden_states[-1].dtype == torch.bfloat16
    open_clip = ClipEncoder(deepcopy(open_clip_module()).bfloat16(), "open_clip").encode(IDS, NONE)
    assert open_clip.last_hidden_state.dtype == torch.bfloat16
