"""Stand-ins take anything, and only what an inert object's own state is stays."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch

from pipelines.families.loading.pickle_stubs import ALLOWED, InertObject, Stub


def loaded(content: object) -> object:
    """Save and load content as weights."""
    file = io.BytesIO()
    torch.save(content, file)
    file.seek(0)
    with torch.serialization.safe_globals(ALLOWED):
        return torch.load(file, weights_only=True)


def test_a_stub_takes_arguments_and_state() -> None:
    made = Stub(1, "x", y=2)
    made.__setstate__({"a": 1})
    assert vars(made) == {}


def test_an_inert_object_keeps_the_tables_it_is_given() -> None:
    made = InertObject(1, y=2)
    assert made.state == {}
    made["item"] = 3
    made.__setstate__((1, 2))
    assert made.state == {}
    made.__setstate__({"weight": 5})
    assert made.state == {"weight": 5}
    assert InertObject().state == {}


def test_numbers_and_arrays_of_numpy_become_nothing() -> None:
    content = {"a": torch.ones(2), "number": np.float64(0.5), "array": np.arange(3.0), "seen": {1}}
    table = loaded(content)
    assert isinstance(table, dict)
    assert table["a"].tolist() == [1, 1]
    assert (table["number"], table["seen"]) == (None, {1})
    assert isinstance(table["array"], Stub)


class Stranger:
    """A class that no file of weights needs."""


def test_other_classes_are_refused() -> None:
    with pytest.raises(Exception, match="Stranger"):
        loaded({"a": Stranger()})
