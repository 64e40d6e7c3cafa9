"""The class of an engine, by its name in a message."""

from __future__ import annotations

import pytest

from pipelines.hosts.engine_api import find_engine
from tests.pipelines.jobs.fake_engine import FakeEngine
from tests.pipelines.jobs.helpers import FAKE


def test_a_name_is_a_module_and_a_class() -> None:
    assert find_engine(FAKE) is FakeEngine


@pytest.mark.parametrize(
    ("name", "error"),
    [("no_such_module:Engine", ModuleNotFoundError), (f"{FAKE}s", AttributeError), ("json", AttributeError)],
)
def test_a_name_of_nothing_is_an_error(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        find_engine(name)
