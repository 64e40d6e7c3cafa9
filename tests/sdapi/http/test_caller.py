"""Callers: what roles cover, and names of folders that nobody shares."""

from __future__ import annotations

from sdapi.http.caller import UNNAMED, Caller, Role, caller_of


def test_roles_cover_those_before_them() -> None:
    assert [[a.covers(b) for b in Role] for a in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_whoever_has_no_key_sees_all() -> None:
    assert UNNAMED.sees_all
    assert (UNNAMED.client, UNNAMED.folder) == ("", "")
    assert caller_of({}) is UNNAMED
    assert caller_of({"sdapi.http.caller": "forged"}) is UNNAMED


def test_folders_are_names_of_one_part_and_differ() -> None:
    names = ["alice", "Alice", "a/b", "a\\b", "..", ".", "ünï", "\udc80", "x" * 300, "con", "key-alice", " "]
    folders = [Caller(name=name, role=Role.USER).folder for name in names]
    assert len({folder.lower() for folder in folders}) == len(names)
    assert all(folder.replace("-", "").isalnum() and len(folder) < 64 for folder in folders)
    assert all(folder.startswith("key-") and folder.isascii() for folder in folders)
    assert Caller(name="alice").folder == ""
