"""Embeddings as clients carry them from ``/controlnet/detect`` to ``ipadapter_input``: base64 torch files.

Reading them builds tensors and plain containers only, so that a file can run no code.
"""

from __future__ import annotations

import base64
import io
import pickle
from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor

from extensions.controlnet.maps.embedding import (
    FaceEmbedding,
    ImageEmbedding,
    PictureEmbedding,
    PortraitEmbedding,
)
from pipelines.plugin import CorruptFile, InvalidRequest, read_base64, require_bounded

FACE, IDENTITY, FEATURES = "face_embed", "id_cond", "id_vit_hidden"
EMPTY = "empty_hidden_state"
"""Key of the embedding of an empty picture, which files of the original lack."""


def write_embedding(embedding: PictureEmbedding) -> str:
    """Write an embedding: a bare tensor for a face's identity alone, a table for any other."""
    stream = io.BytesIO()
    torch.save(_plain(embedding), stream)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _plain(embedding: PictureEmbedding) -> Tensor | dict[str, Any]:
    match embedding:
        case ImageEmbedding():
            return _seen_table(embedding)
        case FaceEmbedding():
            seen = embedding.seen
            return embedding.identity if seen is None else {FACE: embedding.identity, **_seen_table(seen)}
        case PortraitEmbedding():
            return {IDENTITY: embedding.identity, FEATURES: embedding.features}


def _seen_table(seen: ImageEmbedding) -> dict[str, Any]:
    """CLIP's embedding under transformers' names, where the last layer but one is ``hidden_states[-2]``."""
    return {
        "image_embeds": seen.pooled,
        "last_hidden_state": seen.last,
        "hidden_states": (seen.hidden, seen.last),
        EMPTY: seen.empty_hidden,
    }


def read_embedding(text: str, *, field: str) -> tuple[PictureEmbedding, bool]:
    """The embedding, and True if the file holds that of an empty picture, which is zeros otherwise.

    Raises InvalidRequest.
    """
    try:
        stream = io.BytesIO(read_base64(text))
        require_bounded(stream, "the file")
        table: Any = torch.load(stream, map_location="cpu", weights_only=True)
    except (
        ValueError,
        RuntimeError,
        EOFError,
        LookupError,
        TypeError,
        CorruptFile,
        pickle.UnpicklingError,
    ) as error:
        raise InvalidRequest(
            "it is no base64 of a torch file that holds tensors only", field=field
        ) from error
    if isinstance(table, Tensor):
        return FaceEmbedding(identity=_layer(table, 2, field)), True
    if not isinstance(table, Mapping):
        raise InvalidRequest("it holds neither a tensor nor a table of tensors", field=field)
    known = cast("Mapping[str, Any]", table)
    if IDENTITY in known:
        return _portrait(known, field), True
    seen, complete = _seen(known, field)
    if FACE not in known:
        return seen, complete
    return FaceEmbedding(identity=_layer(known[FACE], 2, field), seen=seen), complete


def _portrait(known: Mapping[str, Any], field: str) -> PortraitEmbedding:
    features: Any = known.get(FEATURES)
    if not isinstance(features, Sequence):
        raise InvalidRequest(f"it lacks {FEATURES}", field=field)
    layers = cast("Sequence[Any]", features)
    return PortraitEmbedding(
        identity=_layer(known[IDENTITY], 2, field),
        features=tuple(_layer(layer, 3, field) for layer in layers),
    )


def _seen(known: Mapping[str, Any], field: str) -> tuple[ImageEmbedding, bool]:
    hidden: Any = known.get("hidden_states")
    last = _layer(known.get("last_hidden_state"), 3, field)
    states = (
        cast("Sequence[Any]", hidden) if isinstance(hidden, Sequence) and len(hidden) > 1 else (None, last)
    )
    inner = _layer(states[-2], 3, field)
    empty = known.get(EMPTY)
    seen = ImageEmbedding(
        pooled=_layer(known.get("image_embeds"), 2, field),
        hidden=inner,
        empty_hidden=torch.zeros_like(inner) if empty is None else _layer(empty, 3, field),
        last=last,
    )
    return seen, empty is not None


def _layer(value: Any, dimensions: int, field: str) -> Tensor:
    if not isinstance(value, Tensor) or value.ndim != dimensions or not value.is_floating_point():
        text = "it lacks a tensor: image_embeds, last_hidden_state, hidden_states, or what a face is"
        raise InvalidRequest(text, field=field)
    return value[:1].float()
