"""The report of a pass's encodings: pairs of the infotext, and warnings about wishes without effect."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.contract.options import GenerationOptions
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.encoded import EncodedTexts
from pipelines.text.encoding.report import EncodingReport, report_of
from pipelines.text.prompt.schedule_nodes import StepRule

ONE, TWO = (Embedding(name=name, sha256=digit * 64) for name, digit in (("one", "1"), ("two", "2")))
BARE = Embedding(name="bare")


def report(
    *texts: str,
    used: Sequence[tuple[tuple[Embedding, ...], ...]] = (),
    weighted: bool = False,
    unfit: Sequence[str] = (),
    **options: object,
) -> EncodingReport:
    """``used``: the groups of embeddings of each prompt, in the order in which prompts are encoded."""
    given = GenerationOptions.from_mapping(options)
    rules = (StepRule(steps=20, old=given.use_old_scheduling), StepRule(steps=20))
    encodings = [EncodedTexts(rows=(), used=groups) for groups in used]
    return report_of(texts, encodings, rules, given, weighted=weighted, unfit=unfit)


def test_hashes_of_later_encodings_come_first() -> None:
    found = report("x", used=[((ONE,), (ONE,)), ((TWO, BARE),)])
    assert found.pairs == {"TI hashes": "two: 222222222222, one: 111111111111, one: 111111111111"}
    assert found.embeddings == ("two", "bare", "one")


def test_hashes_may_be_switched_off() -> None:
    found = report("x", used=[((ONE,),)], textual_inversion_add_hashes_to_infotext=False)
    assert (found.pairs, found.embeddings) == ({}, ("one",))


@pytest.mark.parametrize(
    ("mode", "weighted", "pairs"),
    [
        ("Original", True, {}),
        ("No norm", True, {"Emphasis": "No norm"}),
        ("No norm", False, {}),
    ],
)
def test_another_emphasis_is_written_where_it_matters(
    mode: str, weighted: bool, pairs: dict[str, str]
) -> None:
    assert report("x", weighted=weighted, emphasis=mode).pairs == pairs


@pytest.mark.parametrize(("prompt", "written"), [("[a:b:2.0]", True), ("[a:b:2]", False), ("a", False)])
def test_old_timelines_are_written_where_they_differ(prompt: str, written: bool) -> None:
    pairs = report("plain", f"x AND {prompt}", use_old_scheduling=True).pairs
    assert pairs == ({"Old prompt editing timelines": True} if written else {})


@pytest.mark.parametrize(
    ("prompt", "warned"),
    [
        ("a Style-X cat", True),
        ("a (style-x:1.2)", True),
        ("a style-xl cat", False),
        ("freestyle-x", False),
    ],
)
def test_embeddings_for_other_models_are_warned_about_by_whole_names(prompt: str, warned: bool) -> None:
    warnings = report(prompt, unfit=["Style-X", "other"]).warnings
    assert [text.startswith("1 textual inversions had no effect, e.g. Style-X;") for text in warnings] == (
        [True] if warned else []
    )


def test_an_unknown_emphasis_is_warned_about() -> None:
    assert report("x", emphasis="loud").warnings == ("emphasis: 'loud' is no mode, Original is used",)
    assert report("x", emphasis="Compel").warnings == ()
