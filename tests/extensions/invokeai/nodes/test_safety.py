"""The node of the safety checker."""

from __future__ import annotations

from PIL import Image

from extensions.invokeai.models.checker_files import FILES, FOLDER
from extensions.invokeai.store.images import ImageWish
from tests.extensions.invokeai.graphs import GraphEngine, graph


def test_without_its_files_the_first_missing_one_is_named(engine: GraphEngine) -> None:
    name = engine.store.images.save(Image.new("RGB", (8, 8)), ImageWish()).image_name
    ran = engine.run(graph({"n": {"type": "img_nsfw", "image": {"image_name": name}}}))
    assert ran.item["error_type"] == "MissingWeights"
    assert FILES[0] in ran.item["error_message"] and FOLDER in ran.item["error_message"]
