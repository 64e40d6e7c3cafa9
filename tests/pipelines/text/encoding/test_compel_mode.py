"""The emphasis mode of the compel library."""

from __future__ import annotations

import torch

from pipelines.contract.options import GenerationOptions
from pipelines.families.text import PictureSize
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.encode import encode_prompts
from pipelines.text.encoding.encoded import Encoded, TextConditioner
from tests.pipelines.text.encoding.models import WIDTH, sd1, sdxl

SIZE = PictureSize(width=64, height=64)


def encoded(model: TextConditioner, *texts: str, emphasis: str = "Compel") -> tuple[Encoded, ...]:
    return encode_prompts(texts, model, GenerationOptions(emphasis=emphasis), SIZE).rows


def test_without_weights_it_is_the_plain_encoding() -> None:
    for model in (sd1(), sdxl()):
        (ours,), (plain,) = encoded(model, "a red cat"), encoded(model, "a red cat", emphasis="None")
        torch.testing.assert_close(ours.context, plain.context)
        if ours.vector is not None:
            torch.testing.assert_close(ours.vector, plain.vector)


def test_above_one_the_distance_from_the_empty_prompt_grows() -> None:
    model = sd1()
    plain, empty = encoded(model, "a red cat", "", emphasis="None")
    (strong,) = encoded(model, "a (red:1.5) cat")
    expected = empty.context[2] + 1.5 * (plain.context[2] - empty.context[2])
    torch.testing.assert_close(strong.context[2], expected)
    torch.testing.assert_close(strong.context[1], plain.context[1])


def test_below_one_the_prompt_is_blended_with_one_without_the_words() -> None:
    model = sd1()
    (weak,), (plain,) = encoded(model, "a [red] cat"), encoded(model, "a red cat", emphasis="None")
    torch.testing.assert_close(weak.context[:2], plain.context[:2])
    assert not torch.allclose(weak.context[3], plain.context[3])


def test_break_long_texts_and_empty_fragments() -> None:
    model = sd1()
    rows = encoded(model, "a BREAK b", "(cat, :1.2) [ ]" * 40, "")
    assert {row.context.shape[0] % 77 for row in rows} == {0}
    assert len({row.context.shape for row in rows}) == 1
    assert all(row.context.isfinite().all() for row in rows)


def test_textual_inversions_work() -> None:
    embedding = Embedding(name="zzxcat", single=torch.full((2, WIDTH), 0.5), sha256="0" * 64)
    model = sd1(embeddings=[embedding])
    texts = encode_prompts(["a zzxcat"], model, GenerationOptions(emphasis="Compel"), SIZE)
    assert texts.used == ((embedding,),)
    (plain,) = encoded(model, "a zzxcat", emphasis="None")
    torch.testing.assert_close(texts.rows[0].context, plain.context)
