"""IP-Adapter units before a job: one embedding per picture, and those that a client sent."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.controlnet.image_prompts.embedding_file import write_embedding
from extensions.controlnet.image_prompts.layout import AdapterLayout, Projector
from extensions.controlnet.image_prompts.units import given_embeddings, prepare_adapter
from extensions.controlnet.maps.embedding import (
    FaceEmbedding,
    ImageEmbedding,
    PictureEmbedding,
    PortraitEmbedding,
)
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.unit import Source
from pipelines.contract.errors import InvalidRequest
from tests.extensions.controlnet import tiny
from tests.pipelines.jobs.helpers import make_request
from tests.pipelines.pictures.files import encoded as png

FILE = ControlFile(path=Path("ip-adapter.bin"), short_hash="0")
RED, BLUE = (png(Image.new("RGB", (40, 20), colour)) for colour in ("red", "blue"))


def layout(projector: Projector, width: int = 1024) -> AdapterLayout:
    return AdapterLayout(projector=projector, input_width=width, context_width=4, attentions=1)


def seen(width: int = 1024) -> ImageEmbedding:
    pooled, hidden = torch.zeros(1, width), torch.zeros(1, 2, 1280)
    return ImageEmbedding(pooled=pooled, hidden=hidden, empty_hidden=hidden + 1, last=hidden)


def prepared(
    made: PictureEmbedding, wanted: AdapterLayout, module: str = "ip-adapter-auto", **values: Any
) -> tuple[PreparedUnit, list[tuple[str, float]]]:
    asked: list[tuple[str, float]] = []

    def embed(preprocessor: Preprocessor, array: Array, resolution: float) -> PictureEmbedding:
        asked.append((preprocessor.key, resolution))
        return made

    given: dict[str, Any] = {"sources": (Source(image=RED), Source(image=BLUE)), **values}
    unit = replace(tiny.tiny_unit(module).unit, **given)
    return prepare_adapter(unit, make_request(), (64, 64), file=FILE, layout=wanted, embed=embed), asked


def test_every_picture_is_embedded_and_shown() -> None:
    made, asked = prepared(seen(), layout(Projector.LINEAR), processor_res=512)
    assert len(made.embeddings) == 2
    assert [picture[0, 0].tolist() for picture in made.pictures] == [[255, 0, 0], [0, 0, 255]]
    # chosen by the adapter's width: 1024 numbers are CLIP-H's
    assert asked == [("ip-adapter_clip_sd15", 512)] * 2


def test_pixel_perfect_units_have_their_own_resolution() -> None:
    _, asked = prepared(seen(), layout(Projector.LINEAR), pixel_perfect=True)
    assert [resolution for _, resolution in asked] == [64, 64]


def test_a_portrait_is_shown_in_place_of_the_picture() -> None:
    face = np.full((4, 4, 3), 9, np.uint8)
    portrait = PortraitEmbedding(
        identity=torch.zeros(1, 1280), features=(torch.zeros(1, 2, 0),) * 5, face=face
    )
    made, _ = prepared(portrait, layout(Projector.PORTRAIT, 1280), "ip-adapter_pulid")
    assert [picture.shape for picture in made.pictures] == [(4, 4, 3)] * 2


@pytest.mark.parametrize(
    ("made", "wanted", "text"),
    [
        (
            seen(1280),
            layout(Projector.LINEAR),
            "1280 numbers where ip-adapter takes 1024: choose ip-adapter_clip_sd15",
        ),
        (
            FaceEmbedding(identity=torch.zeros(1, 512)),
            layout(Projector.FACE_PLUS, 1280),
            "does not hold what ip-adapter (FaceID Plus) takes: choose ip-adapter_face_id_plus",
        ),
        (seen(7), layout(Projector.LINEAR, 8), "choose another preprocessor"),
    ],
)
def test_an_embedding_that_does_not_fit_names_what_does(
    made: PictureEmbedding, wanted: AdapterLayout, text: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        prepared(made, wanted, "ip-adapter_clip_sdxl")
    assert caught.value.field == "args.0.module"
    assert text in caught.value.message


def test_sent_embeddings_come_without_pictures() -> None:
    texts = (write_embedding(seen()),) * 3
    made, asked = prepared(seen(), layout(Projector.LINEAR), "canny", ipadapter_input=texts)
    assert (len(made.embeddings), made.pictures, asked) == (3, (), [])
    with pytest.raises(InvalidRequest) as caught:
        prepared(seen(), layout(Projector.LINEAR, 8), ipadapter_input=texts)
    assert caught.value.field == "args.0.ipadapter_input"


def test_plain_adapters_need_no_embedding_of_an_empty_picture() -> None:
    stream = io.BytesIO()
    hidden = torch.zeros(1, 2, 1280)
    table = {
        "image_embeds": torch.zeros(1, 1024),
        "last_hidden_state": hidden,
        "hidden_states": (hidden,) * 2,
    }
    torch.save(table, stream)
    text = base64.b64encode(stream.getvalue()).decode()
    unit = replace(tiny.tiny_unit().unit, ipadapter_input=(text,))
    (embedding,) = given_embeddings(unit, layout(Projector.LINEAR))
    assert isinstance(embedding, ImageEmbedding)
    with pytest.raises(InvalidRequest, match="made elsewhere") as caught:
        given_embeddings(unit, layout(Projector.RESAMPLER, 1280))
    assert caught.value.field == "args.0.ipadapter_input"
