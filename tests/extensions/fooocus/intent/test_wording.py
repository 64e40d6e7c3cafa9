"""The words and seeds of every picture."""

from __future__ import annotations

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.intent.wording import wording_of
from tests.extensions.fooocus.conftest import FooocusServer


def test_every_picture_has_a_seed_and_texts(fooocus: FooocusServer) -> None:
    body = TextToImage(image_number=2, image_seed=5, style_selections=["Fooocus Sharp", "Nowhere"])
    wording, told = wording_of(body, ["a cat"], fooocus.state)
    assert wording.seeds == (5, 6)
    assert [picture.prompt for picture in wording.pictures()] == ["a cat", "a cat"]
    assert told == ("style_selections: 'Nowhere' is unknown",)


def test_texts_that_take_the_place_of_others(fooocus: FooocusServer) -> None:
    body = TextToImage(image_seed=5, style_selections=[], negative_prompt="blurred")
    wording, _ = wording_of(body, ["a cat"], fooocus.state)
    (eyes,) = wording.instead("blue eyes <lora:x:1>\nsharp", "").pictures()
    assert (eyes.positive, eyes.negative) == (("blue eyes", "sharp"), ("blurred",))
    (closed,) = wording.instead(" ", "closed").pictures()
    assert (closed.positive, closed.negative) == (("a cat",), ("closed",))
