"""Values are kept by owner, kind and name."""

from __future__ import annotations

from extensions.swarmui.store.database import Database
from extensions.swarmui.store.kept import KeptValues


def test_a_value_is_its_owners_and_of_its_kind() -> None:
    kept = KeptValues(Database(None))
    kept.put("me", "preset", "b", {"x": [1, None]})
    kept.put("me", "preset", "a", "text")
    kept.put("me", "setting", "a", 3)
    kept.put("you", "preset", "c", False)
    assert list(kept.every("me", "preset").items()) == [("a", "text"), ("b", {"x": [1, None]})]
    assert kept.every("you", "preset") == {"c": False}
    assert kept.every("you", "edits") == {}


def test_a_name_has_one_value_until_it_is_dropped() -> None:
    kept = KeptValues(Database(None))
    kept.put("me", "edits", "", 1)
    kept.put("me", "edits", "", 2)
    assert kept.every("me", "edits") == {"": 2}
    assert not kept.drop("you", "edits", "")
    assert kept.drop("me", "edits", "")
    assert not kept.drop("me", "edits", "")
