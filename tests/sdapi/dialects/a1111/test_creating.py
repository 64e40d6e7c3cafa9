"""Arguments of the creating routes become requests, in the original's order of checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import CreateHypernetworkRequest, HypernetworkShape
from sdapi.dialects.a1111.creating import embedding_request, hypernetwork_request
from tests.sdapi.fakes import OTHER
from tests.sdapi.states import make_state

EMBEDDING: dict[str, Any] = {"name": "new", "num_vectors_per_token": 2, "overwrite_old": False}
HYPERNETWORK: dict[str, Any] = {
    "name": "new",
    "enable_sizes": ["64", 32],
    "overwrite_old": True,
    "layer_structure": [1, 2.5, 1],
    "weight_init": "Normal",
}


def hypernetwork(**changes: Any) -> CreateHypernetworkRequest:
    return hypernetwork_request({**HYPERNETWORK, **changes}, make_state(Path("/data")))


def refusal(**changes: Any) -> tuple[str, str | None]:
    with pytest.raises(InvalidRequest) as refused:
        hypernetwork(**changes)
    return refused.value.message, refused.value.field


def test_an_embedding_begins_as_a_star() -> None:
    state = make_state(Path("/data"), options={"CLIP_stop_at_last_layers": 2})
    request = embedding_request({**EMBEDDING, "name": "a/b:c"}, state)
    assert (request.path, request.vectors, request.init_text) == ("/data/embeddings/abc.pt", 2, "*")
    assert (request.checkpoint, request.overwrite) == (OTHER.filename, False)
    assert request.options.CLIP_stop_at_last_layers == 2


@pytest.mark.parametrize(("sent", "text"), [("", ""), ("cat", "cat"), (None, "")])
def test_an_embedding_may_begin_as_a_text(sent: str | None, text: str) -> None:
    assert embedding_request({**EMBEDDING, "init_text": sent}, make_state()).init_text == text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"num_vectors_per_token": "2"}, "num_vectors_per_token"),
        ({"num_vectors_per_token": True}, "num_vectors_per_token"),
        ({"num_vectors_per_token": 2.0}, "num_vectors_per_token"),
        ({"name": 5}, "name"),
        ({"name": "/?"}, "name"),
        ({"overwrite_old": "perhaps"}, "overwrite_old"),
        ({"init_text": {}}, "init_text"),
    ],
)
def test_an_embeddings_wrong_argument_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        embedding_request({**EMBEDDING, **changes}, make_state())
    assert refused.value.field == field


def test_a_hypernetwork_has_its_shape() -> None:
    request = hypernetwork(activation_func="relu", add_layer_norm=True)
    assert request == CreateHypernetworkRequest(
        path="/data/models/hypernetworks/new.pt",
        overwrite=True,
        shape=HypernetworkShape(
            sizes=(64, 32),
            layer_structure=(1, 2.5, 1),
            activation="relu",
            weight_init="Normal",
            layer_norm=True,
        ),
    )


def test_a_list_keeps_its_numbers_and_a_text_has_floats() -> None:
    assert [repr(n) for n in hypernetwork().shape.layer_structure] == ["1", "2.5", "1"]
    text = hypernetwork(layer_structure="1, 2 ,1").shape.layer_structure
    assert [repr(n) for n in text] == ["1.0", "2.0", "1.0"]
    assert hypernetwork(layer_structure=["1", "2", 1]).shape.layer_structure == (1.0, 2.0, 1)


@pytest.mark.parametrize("name", [None, "None"])
def test_no_activation_has_two_spellings(name: str | None) -> None:
    assert hypernetwork(activation_func=name).shape.activation is None


def test_structures_are_refused_in_the_originals_words() -> None:
    assert refusal(layer_structure=[2, 1]) == (
        "Multiplier Sequence should start with size 1!",
        "layer_structure",
    )
    assert refusal(layer_structure=[1, 2]) == (
        "Multiplier Sequence should end with size 1!",
        "layer_structure",
    )
    assert refusal(name="") == ("Name cannot be empty!", "name")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"layer_structure": None}, "layer_structure"),
        ({"layer_structure": []}, "layer_structure"),
        ({"layer_structure": "1, x, 1"}, "layer_structure"),
        ({"layer_structure": [1, {}, 1]}, "layer_structure"),
        ({"enable_sizes": "64"}, "enable_sizes"),
        ({"enable_sizes": ["many"]}, "enable_sizes"),
        ({"enable_sizes": [float("inf")]}, "enable_sizes"),
        ({"activation_func": "magic"}, "activation_func"),
        ({"weight_init": None}, "weight_init"),
        ({"weight_init": "normal"}, "weight_init"),
        ({"dropout_structure": 5}, "dropout_structure"),
        ({"use_dropout": True, "dropout_structure": "0, 0.5"}, "dropout_structure"),
        ({"use_dropout": True, "dropout_structure": "a"}, "dropout_structure"),
    ],
)
def test_a_hypernetworks_wrong_argument_is_named(changes: dict[str, Any], field: str) -> None:
    assert refusal(**changes)[1] == field


@pytest.mark.parametrize(
    ("changes", "shares"),
    [
        ({"use_dropout": True, "dropout_structure": "0, 0.5, 0"}, (0.0, 0.5, 0.0)),
        ({"use_dropout": True, "dropout_structure": [0, 0.5, 0]}, ()),
        ({"use_dropout": True, "dropout_structure": " "}, ()),
        ({"use_dropout": True, "dropout_structure": None}, ()),
        ({"use_dropout": False, "dropout_structure": "0, 0.5, 0"}, ()),
    ],
)
def test_dropouts_are_those_of_a_text(changes: dict[str, Any], shares: tuple[float, ...]) -> None:
    assert hypernetwork(**changes).shape.dropout_structure == shares
