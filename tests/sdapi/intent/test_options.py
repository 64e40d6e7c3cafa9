"""Options of one request lie over the store's and leave it alone."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from sdapi.intent.options import resolve_options
from sdapi.options.store import OptionStore
from sdapi.options.table import Option


@pytest.fixture
def store() -> OptionStore:
    return OptionStore()


@pytest.mark.parametrize("overrides", [None, {}])
def test_without_overrides_the_stores_values_hold(
    store: OptionStore, overrides: dict[str, object] | None
) -> None:
    store.apply({"jpeg_quality": 33})
    found = resolve_options(store, overrides)
    assert (found.output.jpeg_quality, dict(found.overrides), found.warnings) == (33, {}, ())


def test_overrides_are_coerced_and_hold_for_the_request_alone(store: OptionStore) -> None:
    found = resolve_options(store, {"CLIP_stop_at_last_layers": "2", "jpeg_quality": 33})
    assert (found.generation.CLIP_stop_at_last_layers, found.output.jpeg_quality) == (2, 33)
    assert dict(found.overrides) == {"CLIP_stop_at_last_layers": 2, "jpeg_quality": 33}
    assert (store.get("CLIP_stop_at_last_layers"), store.get("jpeg_quality")) == (1, 80)


def test_null_leaves_an_option_as_it_is(store: OptionStore) -> None:
    store.apply({"jpeg_quality": 33})
    found = resolve_options(store, {"jpeg_quality": None})
    assert (found.output.jpeg_quality, dict(found.overrides)) == (33, {})


def test_unknown_keys_are_told_and_ignored(store: OptionStore) -> None:
    found = resolve_options(store, {"nothing": 1})
    assert found.warnings == ("overrides: 'nothing' is ignored",)
    assert "nothing" not in found.values


def test_an_unfit_value_names_its_path(store: OptionStore) -> None:
    with pytest.raises(InvalidRequest) as refused:
        resolve_options(store, {"jpeg_quality": "fine"})
    assert refused.value.field == "overrides.jpeg_quality"


def test_an_option_that_no_picture_goes_by_is_told_unless_it_is_kept(store: OptionStore) -> None:
    change = {"show_progress_in_title": False}
    idle = "overrides: 'show_progress_in_title' had no effect: pictures don't go by it here"
    assert resolve_options(store, change).warnings == (idle,)
    assert resolve_options(store, change, kept=True).warnings == ()
    same = {"show_progress_in_title": True}
    assert resolve_options(store, same).warnings == ()


def test_an_extension_says_which_of_its_options_nothing_goes_by() -> None:
    rows = (
        Option(key="shown", default=1, section="a", read=False),
        Option(key="used", default=1, section="a"),
    )
    store = OptionStore(extra=rows)
    idle = "overrides: 'shown' had no effect: pictures don't go by it here"
    for kept in (False, True):
        assert resolve_options(store, {"shown": 2, "used": 2}, kept=kept).warnings == (idle,)
    assert resolve_options(store, {"shown": 1}).warnings == ()
