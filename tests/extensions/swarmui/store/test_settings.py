"""Settings take values of their type within their bounds."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.store.database import Database
from extensions.swarmui.store.kept import KeptValues
from extensions.swarmui.store.settings import BY_ID, UserSettings


def test_settings_take_their_type() -> None:
    settings = UserSettings(KeptValues(Database(None)), "me")
    ignored = settings.change(
        {"SaveFiles": "False", "maximagesinhistory": "20", "FileFormat.ImageFormat": "jpg90", "theme": "dark"}
    )
    assert len(ignored) == 1
    values = settings.values()
    assert (values["savefiles"], values["maximagesinhistory"]) == (False, 20)
    assert values["fileformat.imageformat"] == "JPG90"
    assert (
        len(settings.change({"maximagesinhistory": "0", "savefiles": 7, "fileformat.imageformat": "TIFF"}))
        == 3
    )


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("savefiles", "TRUE", True),
        ("savefiles", 0, False),
        ("savefiles", "yes", None),
        ("maximagesinhistory", 1, 1),
        ("maximagesinhistory", "100000", 100_000),
        ("maximagesinhistory", 100_001, None),
        ("maximagesinhistory", 2.5, None),
        ("maximagesinhistory", "1" * 30, None),
        ("fileformat.imageformat", " webp_90 ", "WEBP_90"),
        ("outpathbuilder.format", "x" * 500, "x" * 500),
        ("outpathbuilder.format", "x" * 501, None),
    ],
)
def test_a_value_is_read_or_refused(name: str, value: Any, read: object) -> None:
    assert BY_ID[name].read(value) == read


def test_a_warning_names_each_setting_that_was_ignored() -> None:
    settings = UserSettings(KeptValues(Database(None)), "me")
    assert settings.change({"Theme": "dark", "SaveFiles": "perhaps", "starnofolders": True}) == (
        "'Theme' is ignored: no such setting",
        "'SaveFiles' is ignored: bad value",
    )
    assert (settings.values()["savefiles"], settings.values()["starnofolders"]) == (True, True)


def test_settings_belong_to_one_user() -> None:
    kept = KeptValues(Database(None))
    UserSettings(kept, "me").change({"savefiles": False})
    assert UserSettings(kept, "you").values()["savefiles"] is True
