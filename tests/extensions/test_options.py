"""Options of the project's extensions: each is gone by, or told to be without effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.extending.extension_packages import API, find_extensions
from sdapi.core.hooks import ApiHooks
from tests.option_names import read_names

FOLDER = Path(__file__).resolve().parents[2] / "extensions"
NAMES = find_extensions(API, (FOLDER,))


@pytest.fixture(scope="module")
def hooks() -> ApiHooks:
    return ApiHooks(NAMES)


def test_every_option_is_read_or_said_to_be_without_effect(root: Path, hooks: ApiHooks) -> None:
    rows = hooks.options()
    assert "control_net_unit_count" in {row.key for row in rows}
    read = read_names(root, ["extensions"])
    assert {row.key for row in rows} - read == {row.key for row in rows if not row.read}


def test_no_option_is_listed_twice(hooks: ApiHooks) -> None:
    keys = [row.key for row in hooks.options()]
    assert len(keys) == len(set(keys))
