"""The listing has every key of the document, and the bounds by which values are read."""

from __future__ import annotations

from extensions.swarmui.models.choices import SUBTYPES, Choices
from extensions.swarmui.parameters.listing import parameter_listing
from extensions.swarmui.parameters.table import TABLE
from extensions.swarmui.parameters.values import read_value

SEED_KEYS = frozenset(
    "name id description type subtype default min max view_max step values examples visible advanced "
    "feature_flag toggleable priority group always_retain do_not_save do_not_preview view_type "
    "extra_hidden".split()
)
GROUP_KEYS = frozenset("name id toggles open priority description advanced can_shrink".split())
FOUND = Choices(models=dict.fromkeys(SUBTYPES, ("x",)), wildcards=("w",))


def test_every_key_of_the_document_is_there() -> None:
    listing = parameter_listing(FOUND, {"a": 1})
    assert set(listing) == {"list", "groups", "models", "wildcards", "param_edits"}
    for item in listing["list"]:
        assert set(item) >= SEED_KEYS, item["id"]
        assert item["group"] is None or set(item["group"]) == GROUP_KEYS
        assert isinstance(item["default"], str)
    assert listing["models"]["Stable-Diffusion"] == ["x"]
    assert (listing["wildcards"], listing["param_edits"]) == (["w"], {"a": 1})


def test_every_default_is_a_value_that_is_taken() -> None:
    for row in TABLE.values():
        if row.default:
            read_value(row, row.default, FOUND)


def test_every_listed_value_is_taken_as_it_is() -> None:
    for row in TABLE.values():
        for value in row.choices(FOUND) or ():
            read = read_value(row, value, FOUND)
            assert read in (value, (value,), None), (row.id, value)
