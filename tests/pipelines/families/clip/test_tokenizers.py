"""Tokens of CLIP and OpenCLIP."""

from __future__ import annotations

import pytest

from pipelines.families.clip.tokenizers import clip_tokenizer, open_clip_tokenizer
from pipelines.families.clip.vocabulary import clip_vocabulary


def test_vocabulary_has_clips_size() -> None:
    assert len(clip_vocabulary().ids) == 49408


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("a photo of a cat, 1girl", [320, 1125, 539, 320, 2368, 267, 272, 1611]),
        ("  A  PHOTO\nof\t", [320, 1125, 539]),
        ("café — naïve 星 😀", [15304, 2005, 1097, 35689, 563, 42891, 509, 7334]),
        ("<|endoftext|>", [49407]),
        ("", []),
    ],
)
def test_known_ids(text: str, ids: list[int]) -> None:
    assert clip_tokenizer().encode([text]) == [ids]


def test_comma_and_padding() -> None:
    assert (clip_tokenizer().comma, clip_tokenizer().pad) == (267, 49407)
    assert (open_clip_tokenizer().comma, open_clip_tokenizer().pad) == (267, 0)


def test_html_entities_are_resolved_by_open_clip_only() -> None:
    # ftfy resolves entities too, unless a "<" says that this may be HTML.
    escaped, plain = "a < b &eacute;t&eacute;", "a < b été"
    assert open_clip_tokenizer().encode([escaped]) == open_clip_tokenizer().encode([plain])
    assert clip_tokenizer().encode([escaped]) != clip_tokenizer().encode([plain])


def test_both_agree_on_ordinary_text() -> None:
    texts = ["it's (masterpiece), 12.5 ... x_y", "ÀÉ ﬁne “q”", "Ｆｕｌｌ width", "日本語 текст"]
    assert clip_tokenizer().encode(texts) == open_clip_tokenizer().encode(texts)


def test_lone_surrogates_are_replaced() -> None:
    assert clip_tokenizer().encode(["a \ud800 b"]) == clip_tokenizer().encode(["a ? b"])
