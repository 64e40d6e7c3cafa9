"""Saving the picture of a node, within the limits of the server."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from extensions.invokeai.nodes.image_basics import ShowImageInvocation
from extensions.invokeai.nodes.picture_node import saved
from extensions.invokeai.vocabulary.nodes import ImageCategory
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import WorkLimits
from tests.extensions.invokeai.bench import Bench


def test_a_picture_is_saved_unless_it_is_too_large(bench: Bench) -> None:
    bench.engine.settings = replace(bench.engine.settings, limits=replace(WorkLimits(), side=16))
    context = bench.context(ShowImageInvocation())
    output = saved(context, Image.new("L", (16, 8)), ImageCategory.CONTROL)
    kept = context.images.get_dto(output.image.image_name)
    assert (output.width, output.height, kept.image_category) == (16, 8, ImageCategory.CONTROL)
    with pytest.raises(InvalidRequest, match="16 pixels a side"):
        saved(context, Image.new("L", (17, 8)))
