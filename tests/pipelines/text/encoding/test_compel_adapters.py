"""Our tokenizers and encoders as compel uses them: vectors of embeddings have ids beyond the vocabulary."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.families.clip.tokenizers import END, START
from pipelines.families.text import EncoderOutput, Frame
from pipelines.text.encoding.compel_adapters import CompelEncoder, CompelTokenizer
from tests.pipelines.text.encoding.fakes import IdsEncoder, Letters, OneName, embedding, tower

BEYOND = 1_000_000


def ids_of(tokenizer: CompelTokenizer, text: str) -> list[int]:
    return tokenizer([text], truncation=False, padding="", return_tensors=None)["input_ids"][0]


def states(output: EncoderOutput) -> Tensor:
    return output.last_hidden_state


def test_tokens_stand_between_start_and_end() -> None:
    assert ids_of(CompelTokenizer(tower()), "abc") == [START, 1, 2, 3, END]


def test_every_vector_of_an_embedding_has_its_id() -> None:
    found = embedding(5.0, 6.0)
    tokenizer = CompelTokenizer(tower(lookup=OneName(26, found)))
    assert ids_of(tokenizer, "azb") == [START, 1, BEYOND, BEYOND + 1, 2, END]
    assert ids_of(tokenizer, "z") == [START, BEYOND, BEYOND + 1, END]
    assert tokenizer.used == [found]


def test_only_towers_with_clips_tokens_are_taken() -> None:
    clip = Frame(content=75, start=START, end=END, pad=END)
    bare = Frame(content=75, start=None, end=1, pad=0)
    assert CompelTokenizer.takes(tower(IdsEncoder(tokenizer=Letters(frame=clip))))
    assert not CompelTokenizer.takes(tower(IdsEncoder(tokenizer=Letters(frame=bare))))


def test_vectors_are_put_at_their_offsets() -> None:
    encoder = IdsEncoder()
    tokenizer = CompelTokenizer(tower(encoder, OneName(26, embedding(5.0, 6.0))))
    ids = torch.tensor([ids_of(tokenizer, "az"), [START, 1, 2, 3, END]])
    output = CompelEncoder(encoder, states, tokenizer).run(ids)
    assert encoder.placed == [[[(1, 5.0), (2, 6.0)], []]]
    assert output.last_hidden_state[0, :, 0].tolist() == [START, 1, 0, 0, END]


def test_vectors_of_other_encoders_are_left_out() -> None:
    encoder = IdsEncoder()
    tokenizer = CompelTokenizer(tower(encoder, OneName(26, embedding(5.0, kind="open_clip"))))
    CompelEncoder(encoder, states, tokenizer).run(torch.tensor([ids_of(tokenizer, "z")]))
    assert encoder.placed == [[[]]]


def test_the_selected_layer_is_the_last_hidden_state() -> None:
    encoder = IdsEncoder()
    adapter = CompelEncoder(
        encoder, lambda output: output.hidden_states[0] * 2, CompelTokenizer(tower(encoder))
    )
    made = adapter(torch.tensor([[7, 8]]), None, output_hidden_states=True, return_dict=True)
    assert made.last_hidden_state.flatten().tolist() == [14.0, 16.0]
    assert made.last_hidden_state.dtype == torch.float32
