"""The inputs of an adapter's projection, for the prompt's rows and for the negative prompt's."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from extensions.controlnet.image_prompts.inputs import inputs, no_picture
from extensions.controlnet.image_prompts.layout import AdapterLayout, Projector
from extensions.controlnet.maps.embedding import (
    FaceEmbedding,
    ImageEmbedding,
    PictureEmbedding,
    PortraitEmbedding,
)

POOLED, HIDDEN, EMPTY, LAST = (torch.full((1, 2), value) for value in (1.0, 2.0, 3.0, 4.0))
IDENTITY, VIEW = torch.full((1, 512), 5.0), torch.full((1, 3, 2), 6.0)
SEEN = ImageEmbedding(pooled=POOLED, hidden=HIDDEN, empty_hidden=EMPTY, last=LAST)
FACE, BOTH = FaceEmbedding(identity=IDENTITY), FaceEmbedding(identity=IDENTITY, seen=SEEN)
PORTRAIT = PortraitEmbedding(identity=IDENTITY, features=(VIEW,) * 5)
ALL: tuple[PictureEmbedding, ...] = (SEEN, FACE, BOTH, PORTRAIT)


def layout(projector: Projector) -> AdapterLayout:
    return AdapterLayout(projector=projector, input_width=2, context_width=4, attentions=1)


def same(found: tuple[Tensor, ...] | None, *wanted: Tensor) -> bool:
    return found is not None and len(found) == len(wanted) and all(map(torch.equal, found, wanted))


@pytest.mark.parametrize(
    ("projector", "embedding", "prompt", "negative"),
    [
        (Projector.LINEAR, SEEN, (POOLED,), (0 * POOLED,)),
        (Projector.RESAMPLER, SEEN, (HIDDEN,), (EMPTY,)),
        (Projector.MLP, SEEN, (HIDDEN,), (EMPTY,)),
        (Projector.FACE, FACE, (IDENTITY,), (0 * IDENTITY,)),
        (Projector.FACE, BOTH, (IDENTITY,), (0 * IDENTITY,)),
        (Projector.IDENTITY, FACE, (IDENTITY[:, None],), (0 * IDENTITY[:, None],)),
        (Projector.FACE_PLUS, BOTH, (IDENTITY, HIDDEN), (0 * IDENTITY, EMPTY)),
        (Projector.PORTRAIT, PORTRAIT, (IDENTITY, *(VIEW,) * 5), (0 * IDENTITY, *(0 * VIEW,) * 5)),
    ],
)
def test_each_projection_reads_its_part(
    projector: Projector,
    embedding: PictureEmbedding,
    prompt: tuple[Tensor, ...],
    negative: tuple[Tensor, ...],
) -> None:
    assert same(inputs(layout(projector), embedding), *prompt)
    assert same(no_picture(layout(projector), embedding), *negative)


@pytest.mark.parametrize(
    ("projector", "fitting"),
    [
        (Projector.LINEAR, {0}),
        (Projector.RESAMPLER, {0}),
        (Projector.MLP, {0}),
        (Projector.FACE, {1, 2}),
        (Projector.IDENTITY, {1, 2}),
        (Projector.FACE_PLUS, {2}),
        (Projector.PORTRAIT, {3}),
    ],
)
def test_embeddings_of_another_kind_are_no_input(projector: Projector, fitting: set[int]) -> None:
    found = {number for number, one in enumerate(ALL) if inputs(layout(projector), one) is not None}
    assert found == fitting
