"""CLIP's vocabulary: bytes, bytes at the end of words, merges, and two special tokens."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.contract.errors import MissingWeights
from pipelines.families.clip import vocabulary
from pipelines.families.clip.vocabulary import WORD_END, clip_vocabulary


def test_bytes_come_first_in_the_order_of_gpt_2() -> None:
    ids = clip_vocabulary().ids
    assert (ids["!"], ids["a"], ids["~"]) == (0, ord("a") - ord("!"), 93)
    assert (ids["Ā"], ids["Ġ"]) == (188, 220)
    assert ids["!" + WORD_END] == 256
    assert all(ids[token] < 512 for token in ids if len(token.removesuffix(WORD_END)) == 1)


def test_merges_follow_in_their_order() -> None:
    found = clip_vocabulary()
    assert found.merges[0] == ("i", "n")
    assert (found.ids["in"], len(found.merges)) == (512, 48894)
    assert all(found.ids["".join(pair)] == 512 + rank for rank, pair in enumerate(found.merges[:100]))


def test_special_tokens_come_last() -> None:
    ids = clip_vocabulary("<start>", "<end>").ids
    assert (ids["<start>"], ids["<end>"], len(ids)) == (49406, 49407, 49408)


@pytest.mark.parametrize("found", ["no package", "no file"])
def test_a_missing_file_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)]) if found == "no file" else None
    monkeypatch.setattr(vocabulary, "find_spec", lambda name: spec)
    with pytest.raises(MissingWeights, match="open-clip-torch"):
        clip_vocabulary("<nobody>", "<else>")
