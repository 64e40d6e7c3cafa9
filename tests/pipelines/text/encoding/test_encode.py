"""Texts to context and vector, per model family."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.families.clip.tokenizers import clip_tokenizer
from pipelines.families.sd.sdxl import SDXL
from pipelines.families.sd.vector import sinusoid
from pipelines.families.text import PictureSize, TextKind
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.encode import encode_prompts
from pipelines.text.encoding.encoded import EncodedTexts, TextConditioner
from tests.pipelines.text.encoding.models import WIDTH, clip_module, open_clip_module, refiner, sd1, sd2, sdxl

SIZE = PictureSize(width=96, height=64)
KINDS: tuple[TextKind, ...] = ("clip", "open_clip")
LONG = ", ".join(["a red circle"] * 30)


def encoded(model: TextConditioner, *texts: str, negative: bool = False, **options: object) -> EncodedTexts:
    given = GenerationOptions.from_mapping(options)
    return encode_prompts(texts, model, given, SIZE, is_negative=negative)


def ids_of(text: str, pad: int = 49407) -> Tensor:
    content = clip_tokenizer().encode([text])[0]
    return torch.tensor([[49406, *content, 49407, *[pad] * (75 - len(content))]])


def vector_of(texts: EncodedTexts) -> Tensor:
    vector = texts.rows[0].vector
    assert vector is not None
    return vector


def test_sd1_is_the_last_hidden_state() -> None:
    module = clip_module()
    (row,) = encoded(sd1(module), "a red circle", emphasis="No norm").rows
    assert row.vector is None
    torch.testing.assert_close(row.context, module(ids_of("a red circle")).last_hidden_state[0])


def test_original_emphasis_without_weights_changes_rounding_only() -> None:
    plain, normed = encoded(sd1(), "cat", emphasis="None"), encoded(sd1(), "cat")
    torch.testing.assert_close(plain.rows[0].context, normed.rows[0].context)


@pytest.mark.parametrize("skip", [2, 4, 12])
def test_sd1_clip_skip_applies_the_final_layer_norm(skip: int) -> None:
    module = clip_module()
    hidden = module(ids_of("cat"), output_hidden_states=True).hidden_states[-skip]
    (row,) = encoded(sd1(module), "cat", emphasis="No norm", CLIP_stop_at_last_layers=skip).rows
    torch.testing.assert_close(row.context, module.final_layer_norm(hidden)[0])


def test_clip_skip_beyond_the_layers_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="clip skip 99") as caught:
        encoded(sd1(), "cat", CLIP_stop_at_last_layers=99)
    assert caught.value.field == "options.CLIP_stop_at_last_layers"


@pytest.mark.parametrize("skip", [1, 3])
def test_sd2_is_the_normed_penultimate_layer_whatever_the_clip_skip(skip: int) -> None:
    module = open_clip_module()
    hidden = module(ids_of("cat", 0), output_hidden_states=True).hidden_states[-2]
    (row,) = encoded(sd2(module), "cat", emphasis="No norm", CLIP_stop_at_last_layers=skip).rows
    torch.testing.assert_close(row.context, module.text_model.final_layer_norm(hidden)[0])


def test_sdxl_joins_both_penultimate_layers_without_norm() -> None:
    clip = clip_module()(ids_of("cat"), output_hidden_states=True).hidden_states[11]
    big = open_clip_module()(ids_of("cat", 0), output_hidden_states=True)
    texts = encoded(sdxl(), "cat", emphasis="No norm")
    torch.testing.assert_close(texts.rows[0].context, torch.cat([clip[0], big.hidden_states[-2][0]], dim=-1))
    torch.testing.assert_close(vector_of(texts)[:WIDTH], big.text_embeds[0])


def test_sdxl_vector_has_heights_before_widths() -> None:
    vector = vector_of(encoded(sdxl(), "cat", sdxl_crop_top=8, sdxl_crop_left=16))
    numbers = torch.tensor([64, 96, 8, 16, 64, 96])
    torch.testing.assert_close(vector[WIDTH:], sinusoid(numbers).flatten())


@pytest.mark.parametrize(("skip", "state"), [(1, 12), (2, 11), (4, 9)])
def test_sdxl_clip_skip_needs_its_option(skip: int, state: int) -> None:
    hidden = clip_module()(ids_of("cat"), output_hidden_states=True)
    encoder_states = hidden.hidden_states
    options: dict[str, Any] = {"emphasis": "No norm", "CLIP_stop_at_last_layers": skip}
    default = encoded(sdxl(), "cat", **options).rows[0].context[:, :WIDTH]
    torch.testing.assert_close(default, encoder_states[11][0])
    if state < 12:  # transformers' last hidden state is the normed one
        skipped = encoded(sdxl(), "cat", sdxl_clip_l_skip=True, **options).rows[0].context[:, :WIDTH]
        torch.testing.assert_close(skipped, encoder_states[state][0])


def test_sdxl_empty_negative_is_zero_but_keeps_sizes() -> None:
    empty = encoded(sdxl(), "", negative=True)
    assert not empty.rows[0].context.any()
    assert not vector_of(empty)[:WIDTH].any()
    assert vector_of(empty)[WIDTH:].any()


@pytest.mark.parametrize(("text", "negative"), [(" ", True), ("", False)])
def test_sdxl_other_empty_looking_texts_are_encoded(text: str, negative: bool) -> None:
    assert encoded(sdxl(), text, negative=negative).rows[0].context.any()


def test_sdxl_empty_negative_schedule_with_a_text_is_encoded() -> None:
    assert encoded(sdxl(), "", "cat", negative=True).rows[0].context.any()


def test_refiner_knows_aesthetic_scores() -> None:
    for negative, score in ((False, 6.0), (True, 2.5)):
        vector = vector_of(encoded(refiner(), "cat", negative=negative))
        torch.testing.assert_close(vector[WIDTH:], sinusoid(torch.tensor([64, 96, 0, 0, score])).flatten())


def test_long_texts_have_more_chunks_and_shorter_ones_of_the_schedule_are_extended() -> None:
    texts = encoded(sd1(), LONG, "cat", emphasis="No norm")
    assert [row.context.shape for row in texts.rows] == [(154, WIDTH)] * 2
    empty = encoded(sd1(), "", emphasis="No norm").rows[0].context
    torch.testing.assert_close(texts.rows[1].context[77:], empty)


def test_pooled_text_is_that_of_the_first_chunk() -> None:
    two = vector_of(encoded(sdxl(), f"cat BREAK {LONG}"))
    torch.testing.assert_close(two[:WIDTH], vector_of(encoded(sdxl(), "cat"))[:WIDTH])


def test_a_schedule_shares_one_mean() -> None:
    alone = encoded(sd1(), "a (red:1.8) cat").rows[0].context
    shared = encoded(sd1(), "a (red:1.8) cat", "dog").rows[0].context
    assert not torch.allclose(alone, shared)


def test_repeated_texts_share_their_tensors() -> None:
    texts = encoded(sd1(), "a", "b", "a")
    assert texts.rows[0] is texts.rows[2]


def test_towers_of_different_length_are_levelled() -> None:
    entities = "&amp;lt;div&amp;gt; < " * 12
    assert encoded(sdxl(), entities).rows[0].context.shape[1] == 2 * WIDTH


def test_textual_inversion_weighs_and_is_reported() -> None:
    vectors = torch.full((2, WIDTH), 0.5)
    embedding = Embedding(name="zzxcat", single=vectors, sha256="0123456789abcdef")
    model = sd1(embeddings=[embedding])
    used = encoded(model, "a (zzxcat:1.3)")
    assert used.used == ((embedding,),)
    assert not torch.allclose(used.rows[0].context, encoded(sd1(), "a (zzxcat:1.3)").rows[0].context)


def test_old_emphasis_is_for_clip_only() -> None:
    assert encoded(sd1(), "a ((cat))", use_old_emphasis_implementation=True).rows[0].context.shape[0] == 77
    with pytest.raises(InvalidRequest) as caught:
        encoded(sd2(), "a ((cat))", use_old_emphasis_implementation=True)
    assert caught.value.field == "options.use_old_emphasis_implementation"


@pytest.mark.parametrize("count", [75, 76, 160])
@pytest.mark.parametrize("of", [lambda e: sd1(embeddings=e), lambda e: sdxl(embeddings=e)])
def test_every_vector_of_a_long_embedding_counts(
    of: Callable[[Sequence[Embedding]], TextConditioner], count: int
) -> None:
    generator = torch.Generator().manual_seed(1)
    vectors: dict[TextKind, Tensor] = {kind: torch.randn(count, WIDTH, generator=generator) for kind in KINDS}
    changed: dict[TextKind, Tensor] = {
        kind: torch.cat([rows[:-1], rows[-1:] + 1]) for kind, rows in vectors.items()
    }
    one, other = (
        encoded(of([Embedding(name="zzz", vectors=given, sha256="12" * 32)]), "zzz", emphasis="No norm")
        for given in (vectors, changed)
    )
    assert one.rows[0].context.shape[0] == -(-count // 75) * 77
    assert {embedding.short_hash for used in one.used for embedding in used} == {"12" * 6}
    assert not torch.equal(one.rows[0].context, other.rows[0].context)


def test_a_plan_joins_along_the_tokens_or_leaves_an_encoder_out() -> None:
    def joined(**changes: Any) -> Tensor:
        model = sdxl()
        plan = replace(model.plan, **changes)
        return encode_prompts(["cat"], replace(model, plan=plan), GenerationOptions(), SIZE).rows[0].context

    first, second = SDXL.text.towers
    assert joined().shape == (77, 2 * WIDTH)
    assert torch.equal(joined(join="tokens"), torch.cat(joined().chunk(2, dim=1)))
    alone = joined(towers=(replace(first, in_context=False), second))
    assert torch.equal(alone, joined()[:, WIDTH:])


def test_the_plan_says_whose_pooled_vector_is_used() -> None:
    model = sdxl()
    plan = replace(model.plan, vector=lambda pooled, size, options, is_negative: pooled, pooled_from=0)
    (row,) = encode_prompts(["cat"], replace(model, plan=plan), GenerationOptions(), SIZE).rows
    assert row.vector is None  # CLIP-L's tower has no projection
    (row,) = encode_prompts(
        ["cat"], replace(model, plan=replace(plan, pooled_from=1)), GenerationOptions(), SIZE
    ).rows
    assert row.vector is not None and row.vector.shape == (WIDTH,)
