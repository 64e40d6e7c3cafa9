"""Embeddings as text: written and read back, the original's files too, and all else refused."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import pytest
import torch

from extensions.controlnet.image_prompts.embedding_file import read_embedding, write_embedding
from extensions.controlnet.image_prompts.inputs import inputs, no_picture
from extensions.controlnet.image_prompts.layout import adapter_layout
from extensions.controlnet.maps.embedding import FaceEmbedding, ImageEmbedding
from pipelines.contract.errors import InvalidRequest
from tests.extensions.controlnet import ip_files
from tests.extensions.controlnet.embeddings import embedding

KINDS = ("face", "face-plus", "face-plusv2", "instant", "pulid")
ROWS, STATES = torch.ones(1, 4), torch.ones(1, 3, 4)


class Code:
    """Runs something when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("run",)


def text(value: object) -> str:
    stream = io.BytesIO()
    torch.save(value, stream)
    return base64.b64encode(stream.getvalue()).decode()


@pytest.mark.parametrize("kind", KINDS)
def test_embeddings_travel_as_text(kind: str) -> None:
    known = embedding(kind, 5)
    made, complete = read_embedding(write_embedding(known), field="ipadapter_input")
    assert complete
    context = 8
    shapes = {f"image_proj.{n}": s for n, s in ip_files.SHAPES[kind](context).items()}
    layout = adapter_layout(
        {**shapes, "ip_adapter.1.to_k_ip.weight": (8, context)}, Path(f"ip-adapter-{kind}.bin")
    )
    pairs = (
        (inputs(layout, known), inputs(layout, made)),
        (no_picture(layout, known), no_picture(layout, made)),
    )
    for ours, read in pairs:
        assert ours and read and all(torch.equal(a, b) for a, b in zip(ours, read, strict=True))


def test_the_originals_tables_lack_an_empty_picture() -> None:
    table = {
        "image_embeds": ROWS,
        "last_hidden_state": STATES,
        "hidden_states": (0 * STATES, 2 * STATES, STATES),
    }
    made, complete = read_embedding(text(table), field="f")
    assert isinstance(made, ImageEmbedding)
    assert not complete
    assert torch.equal(made.hidden, 2 * STATES) and torch.equal(made.last, STATES)
    assert torch.equal(made.empty_hidden, 0 * STATES)


def test_a_bare_tensor_is_a_face_in_fp32_and_one_row() -> None:
    made, complete = read_embedding(text(torch.ones(2, 512, dtype=torch.float16)), field="f")
    assert isinstance(made, FaceEmbedding) and complete
    assert (made.identity.shape, made.identity.dtype) == ((1, 512), torch.float32)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("!", "no base64 of a torch file"),
        (base64.b64encode(b"no file").decode(), "no base64 of a torch file"),
        (text({"image_embeds": Code()}), "no base64 of a torch file"),
        (text([ROWS]), "neither a tensor nor a table"),
        (text({}), "lacks a tensor"),
        (text({"image_embeds": ROWS, "last_hidden_state": ROWS}), "lacks a tensor"),
        (text({"image_embeds": ROWS, "last_hidden_state": STATES}), "lacks a tensor"),
        (text({"image_embeds": ROWS, "last_hidden_state": STATES, "hidden_states": (STATES,)}), "lacks a"),
        (text({"image_embeds": 5, "last_hidden_state": STATES}), "lacks a tensor"),
        (text(torch.ones(1, 512, dtype=torch.int64)), "lacks a tensor"),
        (text(torch.ones(512)), "lacks a tensor"),
        (text({"id_cond": ROWS}), "lacks id_vit_hidden"),
        (text({"id_cond": ROWS, "id_vit_hidden": [ROWS]}), "lacks a tensor"),
    ],
)
def test_anything_else_is_refused_by_its_field(value: str, message: str) -> None:
    with pytest.raises(InvalidRequest, match=message) as caught:
        read_embedding(value, field="args.0.ipadapter_input")
    assert caught.value.field == "args.0.ipadapter_input"
