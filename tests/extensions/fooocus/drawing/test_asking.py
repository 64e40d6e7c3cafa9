"""The generation of one picture."""

from __future__ import annotations

from pathlib import Path

from extensions.fooocus.drawing.asking import asked
from extensions.fooocus.drawing.canvas import DrawingStart
from extensions.fooocus.kinds import FooocusPicture
from tests.extensions.fooocus.drawing.test_run import base_request


def test_its_own_words_seed_and_size(models_dir: Path) -> None:
    request = base_request(models_dir, (5, 6))
    other = FooocusPicture(
        seed=9, prompt="eyes", negative_prompt="", positive=("eyes", "[x]"), negative=("a", "b")
    )
    made = asked(request, other, "eyes BREAK x", DrawingStart(size=(32, 48), steps=3, strength=0.5))
    assert (made.prompt, made.negative_prompt, made.seeds.seed) == ("eyes BREAK x", "a BREAK b", 9)
    assert (made.width, made.height, made.steps, made.denoising_strength) == (32, 48, 3, 0.5)
    assert (made.batch_count, made.per_picture.prompts, made.save_images) == (1, (), False)
    (steering,) = made.always_on
    assert steering.args[1] == {"positive": ["eyes", "\\[x\\]"], "negative": ["a", "b"]}
