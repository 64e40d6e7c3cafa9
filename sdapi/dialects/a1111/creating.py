"""Make requests of create/embedding's and create/hypernetwork's arguments, in A1111's order of checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import CreateEmbeddingRequest, CreateHypernetworkRequest, HypernetworkShape
from pipelines.contract.training_limits import check_shape, check_vectors
from sdapi.core.state import State
from sdapi.dialects.a1111.arguments import ArgumentReader
from sdapi.dialects.a1111.schemas.training_kinds import ACTIVATIONS, INITIALISATIONS
from sdapi.intent.options import resolve_options
from sdapi.intent.training import EMPTY_NAME, chosen_checkpoint, flag_folder, plain_name

STRUCTURE_RULES = (
    "Multiplier Sequence should start with size 1!",
    "Multiplier Sequence should end with size 1!",
    EMPTY_NAME,
)
"""Messages of the original's own checks of a hypernetwork; every other fault is a 500 there."""


def embedding_request(body: Mapping[str, Any], state: State) -> CreateEmbeddingRequest:
    """The request for a new embedding. Raises InvalidRequest."""
    read, count = ArgumentReader(body), body["num_vectors_per_token"]
    if not isinstance(count, int) or isinstance(count, bool):
        raise InvalidRequest("must be a whole number", field="num_vectors_per_token")
    name = plain_name(_text(body, "name"), field="name")
    request = CreateEmbeddingRequest(
        checkpoint=chosen_checkpoint(state).filename,
        path=str(flag_folder(state, "embeddings_dir", "embeddings") / f"{name}.pt"),
        vectors=count,
        init_text=read.text("init_text") if "init_text" in body else "*",
        overwrite=read.truth("overwrite_old"),
        options=resolve_options(state.store, None).generation,
    )
    check_vectors(request)
    return request


def hypernetwork_request(body: Mapping[str, Any], state: State) -> CreateHypernetworkRequest:
    """The request for a new hypernetwork. Raises InvalidRequest."""
    read, name = ArgumentReader(body), plain_name(_text(body, "name"), field="name")
    structure = _numbers(body.get("layer_structure"), "layer_structure")
    if structure[0] != 1:
        raise InvalidRequest(STRUCTURE_RULES[0], field="layer_structure")
    if structure[-1] != 1:
        raise InvalidRequest(STRUCTURE_RULES[1], field="layer_structure")
    shape = HypernetworkShape(
        sizes=_sizes(body["enable_sizes"]),
        layer_structure=structure,
        activation=_one_of(body.get("activation_func"), ACTIVATIONS, "activation_func", none=True),
        weight_init=_one_of(body.get("weight_init"), INITIALISATIONS, "weight_init") or "",
        layer_norm=read.truth("add_layer_norm"),
        use_dropout=read.truth("use_dropout"),
        dropout_structure=_dropouts(read, len(structure)),
    )
    check_shape(shape)
    path = flag_folder(state, "hypernetwork_dir", "models/hypernetworks") / f"{name}.pt"
    return CreateHypernetworkRequest(path=str(path), shape=shape, overwrite=read.truth("overwrite_old"))


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body[field]
    if not isinstance(value, str):
        raise InvalidRequest("must be a text", field=field)
    return value


def _numbers(value: Any, field: str) -> tuple[float, ...]:
    """Numbers of a list as they are, those of a text as floats, as A1111 stores them."""
    try:
        if isinstance(value, str):
            return tuple(float(part) for part in value.split(","))
        if isinstance(value, list) and value:
            found = cast("list[Any]", value)
            return tuple(item if isinstance(item, int | float) else float(item) for item in found)
    except (ValueError, TypeError) as error:
        raise InvalidRequest("must be numbers", field=field) from error
    raise InvalidRequest('must be a list of numbers, or a text such as "1, 2, 1"', field=field)


def _sizes(value: Any) -> tuple[int, ...]:
    try:
        if not isinstance(value, list):
            raise TypeError
        return tuple(int(item) for item in cast("list[Any]", value))
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidRequest("must be a list of whole numbers", field="enable_sizes") from error


def _one_of(value: Any, known: tuple[str, ...], field: str, *, none: bool = False) -> str | None:
    if value in (None, "None") and none:
        return None
    if value not in known:
        raise InvalidRequest(f"must be one of {', '.join(known)}", field=field)
    return str(value)


def _dropouts(read: ArgumentReader, layers: int) -> tuple[float, ...]:
    """The shares in a text; a list has no effect, as in the original. Raises InvalidRequest."""
    value = read.body.get("dropout_structure")
    if value is not None and not isinstance(value, str | list):
        raise InvalidRequest("must be a text or a list", field="dropout_structure")
    if not read.truth("use_dropout") or not isinstance(value, str) or not value.strip():
        return ()
    shares = _numbers(value, "dropout_structure")
    if len(shares) < layers:
        raise InvalidRequest(
            f"has {len(shares)} numbers for {layers} of layer_structure", field="dropout_structure"
        )
    return shares
