"""One text encoder: chunks one after the other, weighted, with embeddings in their places."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.families.text import EncoderOutput
from pipelines.text.encoding.tower import TowerOutput, encode_tower
from tests.pipelines.text.encoding.fakes import IdsEncoder, OneName, embedding, tower


def states(output: EncoderOutput) -> Tensor:
    return output.last_hidden_state


def encoded(
    *texts: str, encoder: IdsEncoder | None = None, lookup: OneName | None = None, emphasis: str = "No norm"
) -> TowerOutput:
    options = GenerationOptions(emphasis=emphasis)
    return encode_tower(texts, range(len(texts)), tower(encoder, lookup), states, options)


def test_chunks_are_joined_along_the_tokens() -> None:
    output = encoded("abcdef", "a")
    assert output.context.shape == (2, 12, 1)
    assert output.context[0, :, 0].tolist() == [90, 1, 2, 3, 4, 91, 90, 5, 6, 91, 91, 91]


def test_the_pooled_vector_is_that_of_the_first_chunk() -> None:
    pooled = encoded("abcdef", "z").pooled
    assert pooled is not None and pooled.flatten().tolist() == [1, 26]


def test_weights_multiply_the_selected_states() -> None:
    assert encoded("a(b:2)").context[0, :4, 0].tolist() == [90, 1, 4, 91]


def test_original_emphasis_shares_one_mean_among_the_texts() -> None:
    alone = encoded("(a:2)b", emphasis="Original").context[0]
    together = encoded("(a:2)b", "cd", emphasis="Original").context[0]
    assert not torch.allclose(alone, together)


def test_vectors_go_to_the_encoder_they_were_made_for() -> None:
    ours, other = embedding(1.0, 2.0), embedding(1.0, 2.0, kind="open_clip")
    for found, placed in ((ours, [(1, 3.0)]), (other, [])):
        encoder = IdsEncoder()
        output = encoded("az", encoder=encoder, lookup=OneName(26, found))
        assert encoder.placed == [[placed]]
        assert output.used == (found,)
        assert output.context[0, :5, 0].tolist() == [90, 1, 0, 0, 91]
