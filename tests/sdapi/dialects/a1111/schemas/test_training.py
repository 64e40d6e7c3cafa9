"""Arguments of training routes: names in the original's words, types for the document."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from sdapi.dialects.a1111.schemas.training import (
    CREATE_HYPERNETWORK,
    PREPROCESS,
    TRAIN_EMBEDDING,
    TRAIN_HYPERNETWORK,
    Arguments,
)

ROUTE = Arguments(
    function="make",
    required={"a": {"type": "string"}, "b": {"type": "integer"}, "c": {}},
    optional={"d": {"type": "boolean"}},
    own={"e": {"type": "number"}},
    needed=("d",),
)


@pytest.mark.parametrize(
    ("names", "text", "field"),
    [
        ("abcx", "make() got an unexpected keyword argument 'x'", "x"),
        ("x", "make() got an unexpected keyword argument 'x'", "x"),
        ("ab", "make() missing 1 required positional argument: 'c'", "c"),
        ("c", "make() missing 2 required positional arguments: 'a' and 'b'", "a"),
        ("", "make() missing 3 required positional arguments: 'a', 'b', and 'c'", "a"),
    ],
)
def test_names_are_checked_as_python_does(names: str, text: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ROUTE.check(dict.fromkeys(names))
    assert (refused.value.message, refused.value.field) == (text, field)


@pytest.mark.parametrize("names", ["abc", "abcd", "abcde", "edcba"])
def test_others_may_be_left_out(names: str) -> None:
    ROUTE.check(dict.fromkeys(names))


def test_the_document_asks_for_what_the_original_needs() -> None:
    assert ROUTE.kinds == {"a": "string", "b": "integer", "d": "boolean", "e": "number"}
    schema = ROUTE.schema
    assert (schema["required"], list(schema["properties"])) == (["a", "b", "c", "d"], list("abcde"))
    assert schema["additionalProperties"] is False


def test_train_embedding_has_the_originals_thirty_fields() -> None:
    assert len(TRAIN_EMBEDDING.required) == 30
    assert list(TRAIN_EMBEDDING.required)[:4] == ["id_task", "embedding_name", "learn_rate", "batch_size"]
    only_embedding = {"embedding_name", "save_embedding_every", "save_image_with_stored_embedding"}
    assert TRAIN_EMBEDDING.required.keys() - TRAIN_HYPERNETWORK.required.keys() == only_embedding


def test_required_fields_are_those_of_the_original() -> None:
    assert list(CREATE_HYPERNETWORK.required) == ["name", "enable_sizes", "overwrite_old"]
    assert len(PREPROCESS.required) == 10
