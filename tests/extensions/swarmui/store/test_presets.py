"""Presets are found in any letter case, and belong to one user."""

from __future__ import annotations

from extensions.swarmui.store.database import Database
from extensions.swarmui.store.kept import KeptValues
from extensions.swarmui.store.presets import IMAGE, PresetShelf


def test_presets_are_found_in_any_letter_case() -> None:
    presets = PresetShelf(kept=KeptValues(Database(None)), owner="me")
    others = PresetShelf(kept=presets.kept, owner="you")
    presets.put("My Look", "a look", {"steps": 7}, None)
    assert presets.parameters(" my look ") == {"steps": 7}
    assert others.parameters("My Look") is None
    assert presets.copy("MY LOOK") == "My Look (2)"
    assert presets.copy("nothing") is None
    assert [preset["title"] for preset in presets.every()] == ["My Look", "My Look (2)"]
    assert presets.drop("my look")
    assert not presets.drop("my look")


def test_a_preset_takes_the_place_of_one_of_its_title() -> None:
    presets = PresetShelf(kept=KeptValues(Database(None)), owner="me")
    presets.put("Look", "old", {"steps": 7}, "old.jpg")
    presets.put("LOOK", "new", {"steps": 8}, None)
    (found,) = presets.every()
    assert found == {
        "author": "me",
        "title": "LOOK",
        "description": "new",
        "param_map": {"steps": 8},
        "preview_image": IMAGE,
    }


def test_copies_count_up_from_two() -> None:
    presets = PresetShelf(kept=KeptValues(Database(None)), owner="me")
    presets.put("Look", "a look", {"steps": 7}, "a.jpg")
    assert [presets.copy("look") for _ in range(2)] == ["Look (2)", "Look (3)"]
    assert presets.parameters("look (3)") == {"steps": 7}
    assert {preset["preview_image"] for preset in presets.every()} == {"a.jpg"}
