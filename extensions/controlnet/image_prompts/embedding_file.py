"""Embeddings as clients carry them from ``/controlnet/detect`` to ``ipadapter_input``: base64 torch files.

Reading them builds tensors and plain containers only, so that a file can run no code.
"""

from __future__ import annotations

import base64
import binascii
import io
import pickle
from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor

from extensions.controlnet.image_prompts.adapter import ImageEmbedding
from pipelines.errors import InvalidRequest

EMPTY = "empty_hidden_state"
"""What the vision tower sees in no picture; files of the original lack it."""


def write_embedding(embedding: ImageEmbedding) -> str:
    """The names are those of transformers, where the last layer but one is ``hidden_states[-2]``."""
    stream = io.BytesIO()
    table = {
        "image_embeds": embedding.pooled,
        "last_hidden_state": embedding.last,
        "hidden_states": (embedding.hidden, embedding.last),
        EMPTY: embedding.empty_hidden,
    }
    torch.save(table, stream)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def read_embedding(text: str, *, field: str) -> tuple[ImageEmbedding, bool]:
    """The embedding, and whether the file says what the tower sees in no picture (else it is zeros).

    Raises InvalidRequest.
    """
    try:
        stream = io.BytesIO(base64.b64decode(text))
        table: Any = torch.load(stream, map_location="cpu", weights_only=True)
    except (binascii.Error, ValueError, RuntimeError, EOFError, LookupError, pickle.UnpicklingError) as error:
        raise InvalidRequest(
            "it is no base64 of a torch file that holds tensors only", field=field
        ) from error
    if not isinstance(table, Mapping):
        raise InvalidRequest("it holds no table: only what CLIP sees can be read", field=field)
    known = cast("Mapping[str, Any]", table)
    hidden: Any = known.get("hidden_states")
    last = _layer(known.get("last_hidden_state"), 3, field)
    states = (
        cast("Sequence[Any]", hidden) if isinstance(hidden, Sequence) and len(hidden) > 1 else (None, last)
    )
    inner = _layer(states[-2], 3, field)
    empty = known.get(EMPTY)
    return ImageEmbedding(
        pooled=_layer(known.get("image_embeds"), 2, field),
        hidden=inner,
        empty_hidden=torch.zeros_like(inner) if empty is None else _layer(empty, 3, field),
        last=last,
    ), empty is not None


def _layer(value: Any, dimensions: int, field: str) -> Tensor:
    if not isinstance(value, Tensor) or value.ndim != dimensions or not value.is_floating_point():
        raise InvalidRequest("it lacks image_embeds, last_hidden_state or hidden_states", field=field)
    return value[:1].float()
