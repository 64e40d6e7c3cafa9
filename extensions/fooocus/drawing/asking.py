"""The generation of one picture: the job's own with that picture's words, start and steering."""

from __future__ import annotations

from dataclasses import asdict, replace

from extensions.fooocus.drawing.canvas import DrawingStart
from extensions.fooocus.kinds import FooocusPicture, FooocusRequest
from extensions.fooocus.steering.call import TITLE
from extensions.fooocus.words.chunks import joined, plain_words
from pipelines.plugin import GenerationRequest, PerPicture, ScriptCall, Seeds


def asked(
    request: FooocusRequest,
    picture: FooocusPicture,
    prompt: str,
    canvas: DrawingStart,
    control: ScriptCall | None = None,
) -> GenerationRequest:
    """The generation of ``picture``, whose words are ``prompt`` in the core's grammar."""
    base = request.base
    chunks = {
        "positive": [plain_words(chunk) for chunk in picture.positive],
        "negative": [plain_words(chunk) for chunk in picture.negative],
    }
    engine = () if canvas.engine is None else (asdict(canvas.engine),)
    steering = ScriptCall(name=TITLE, args=(asdict(request.steering), chunks, *engine))
    return replace(
        base,
        prompt=prompt,
        negative_prompt=joined(picture.negative),
        per_picture=PerPicture(),
        seeds=Seeds(seed=picture.seed, subseed=picture.seed),
        batch_count=1,
        width=canvas.size[0],
        height=canvas.size[1],
        steps=canvas.steps or base.steps,
        img2img=canvas.start,
        denoising_strength=canvas.strength,
        always_on=(steering, *((control,) if control is not None else ())),
        save_images=False,
        send_images=True,
        response_format="png",
        output=replace(base.output, return_grid=False, grid_save=False, save_init_img=False),
    )
