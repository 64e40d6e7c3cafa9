"""Names of checkpoints: the selected one, a request's own, and fuzzy ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.contract.errors import InvalidRequest, MissingWeights
from sdapi.intent.checkpoints import OPTION, current_checkpoint, match_checkpoint, resolve_checkpoint
from sdapi.intent.intent import Intent
from sdapi.options.store import OptionStore
from tests.sdapi.fakes import OTHER, TINY, FakeCatalog, checkpoint

NEW = checkpoint("new", "9" * 64)


def selecting(name: str) -> OptionStore:
    store = OptionStore()
    store.apply({OPTION: name})
    return store


@pytest.mark.parametrize("name", ["tiny-sd1", TINY.title, TINY.sha256, "sd1.safetensors [51"])
def test_the_selected_one_is_current(name: str) -> None:
    assert current_checkpoint(selecting(name), FakeCatalog()) == TINY


@pytest.mark.parametrize("name", ["", "gone"])
def test_without_it_the_first_file_is(name: str) -> None:
    assert current_checkpoint(selecting(name), FakeCatalog()) == OTHER


def test_a_damaged_file_is_not_the_first() -> None:
    damaged = replace(OTHER, damaged="it is empty")
    assert current_checkpoint(OptionStore(), FakeCatalog(items=(damaged, TINY))) == TINY
    assert current_checkpoint(OptionStore(), FakeCatalog(items=(damaged,))) == damaged


def test_no_file_is_no_checkpoint() -> None:
    empty = FakeCatalog(items=())
    assert current_checkpoint(selecting("tiny-sd1"), empty) is None
    with pytest.raises(MissingWeights, match="No checkpoints found") as refused:
        resolve_checkpoint(OptionStore(), empty, Intent())
    assert refused.value.field == "checkpoint"


def test_a_new_first_file_does_not_become_current() -> None:
    store, catalog = OptionStore(), FakeCatalog()
    assert current_checkpoint(store, catalog) == OTHER
    catalog.items = (NEW, *catalog.items)
    assert current_checkpoint(store, catalog) == OTHER


def test_a_nearer_name_does_not_become_current() -> None:
    store, catalog = selecting("sd1-b"), FakeCatalog()
    assert current_checkpoint(store, catalog) == OTHER
    catalog.items = (checkpoint("sd1-b", "9" * 64), *catalog.items)
    assert current_checkpoint(store, catalog) == OTHER


def test_a_file_that_is_back_is_current_again() -> None:
    store, catalog = selecting("tiny-sd1"), FakeCatalog()
    found = [current_checkpoint(store, catalog)]
    for items in ((NEW,), (NEW, TINY)):
        catalog.items = items
        found.append(current_checkpoint(store, catalog))
    assert found == [TINY, NEW, TINY]


def test_an_intents_own_name_comes_before_an_override() -> None:
    intent = Intent(checkpoint="tiny-sd1", overrides={OPTION: "tiny-sd1-b"})
    assert resolve_checkpoint(OptionStore(), FakeCatalog(), intent) == (TINY, ())


def test_an_override_is_an_exact_name() -> None:
    store, catalog = OptionStore(), FakeCatalog()
    assert resolve_checkpoint(store, catalog, Intent(overrides={OPTION: "tiny-sd1"})) == (TINY, ())
    found, warnings = resolve_checkpoint(store, catalog, Intent(overrides={OPTION: "iny-sd1."}))
    assert found == OTHER
    assert [text.partition(": ")[0] for text in warnings] == [f"overrides.{OPTION}"]


def test_an_unknown_name_is_warned_of() -> None:
    found, (warning,) = resolve_checkpoint(OptionStore(), FakeCatalog(), Intent(checkpoint="gone"))
    assert found == OTHER
    assert warning == f"checkpoint: no checkpoint is called 'gone'; {OTHER.title!r} was used"


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_override_is_none(value: str | None) -> None:
    intent = Intent(overrides={OPTION: value})
    assert resolve_checkpoint(OptionStore(), FakeCatalog(), intent) == (OTHER, ())


def test_a_fuzzy_name_is_part_of_a_title() -> None:
    assert match_checkpoint(FakeCatalog(), "sd1-b", field="x") == OTHER.filename
    assert match_checkpoint(FakeCatalog(), None, field="x") is None
    assert match_checkpoint(FakeCatalog(), "", field="x") is None
    with pytest.raises(InvalidRequest, match="Could not find checkpoint with name gone") as refused:
        match_checkpoint(FakeCatalog(), "gone", field="refiner.checkpoint")
    assert refused.value.field == "refiner.checkpoint"
