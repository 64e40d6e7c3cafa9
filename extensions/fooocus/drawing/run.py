"""Carry out a Fooocus job: prepare what pictures start from, draw one after another, write them."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from PIL import Image

from extensions.fooocus.drawing.canvas import DrawingStart, plain_canvas, upscale_canvas
from extensions.fooocus.drawing.metadata import metadata_of
from extensions.fooocus.drawing.reading import flat
from extensions.fooocus.drawing.refining import drawn_with_refiner
from extensions.fooocus.drawing.repainting import inpaint_canvas
from extensions.fooocus.drawing.saving import save_picture
from extensions.fooocus.drawing.units import control_call, prepared_pictures
from extensions.fooocus.kinds import FooocusPicture, FooocusRequest, FooocusResult
from extensions.fooocus.steering.call import TITLE
from extensions.fooocus.words.chunks import joined, plain_words
from pipelines.plugin import (
    GenerationRequest,
    GenerationResult,
    PerPicture,
    ScriptCall,
    Seeds,
    Work,
    pause,
    report,
)

if TYPE_CHECKING:
    from pipelines.plugin import WorkContext

NAME = "fooocus"
OUTPUTS = "outputs"


class _Made:
    """What a job has made so far."""

    def __init__(self, request: FooocusRequest, context: WorkContext) -> None:
        self.request = request
        self.outputs = context.services.settings.folders.places.output_folder(OUTPUTS)
        self.images: list[bytes] = []
        self.files: list[str] = []
        self.seeds: list[int] = []
        self.warnings: list[str] = list(request.warnings)

    def warn(self, text: str) -> None:
        """Tell the client once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def keep(self, image: Image.Image, seed: int, metadata: str | None) -> None:
        """Write a picture."""
        path, data = save_picture(image, len(self.files), self.request.saving, metadata, self.outputs)
        self.images.append(data)
        self.files.append(str(path))
        self.seeds.append(seed)

    def result(self) -> FooocusResult:
        """The answer."""
        return FooocusResult(
            images=tuple(self.images),
            files=tuple(self.files),
            seeds=tuple(self.seeds),
            address=self.request.saving.address,
            base64=self.request.saving.base64,
            warnings=tuple(self.warnings),
        )


def draw_pictures(request: FooocusRequest, context: WorkContext) -> Work[FooocusResult]:
    """The pictures of a job, or those that were finished when it was stopped. Raises SdapiError."""
    made = _Made(request, context)
    context.reporter.job(NAME, batches=len(request.pictures))
    yield from report(text="Preparing task")
    canvas = _canvas(request, context, made)
    if canvas.product:
        for image in canvas.product:
            made.keep(image, request.pictures[0].seed, None)
        return made.result()
    call = control_call(request, context.services, made.warn)
    yield from pause()
    for number, picture in enumerate(request.pictures):
        if context.control.interrupted:
            break
        drawn = yield from drawn_with_refiner(request, _asked(request, number, canvas, call))
        if context.control.interrupted:
            break
        _keep(drawn, picture, canvas, made)
    return made.result()


def _canvas(request: FooocusRequest, context: WorkContext, made: _Made) -> DrawingStart:
    services = context.services
    if request.control.debug and request.control.pictures:
        maps = prepared_pictures(request.control, services, made.warn)
        return DrawingStart(size=maps[0].size, product=tuple(maps))
    if request.upscale is not None:
        return upscale_canvas(request, request.upscale, services, made.warn)
    if request.inpaint is not None:
        return inpaint_canvas(request, request.inpaint, services, made.warn)
    return plain_canvas(request)


def _asked(
    request: FooocusRequest, number: int, canvas: DrawingStart, control: ScriptCall | None
) -> GenerationRequest:
    """The generation of one picture."""
    base, picture = request.base, request.pictures[number]
    chunks = {
        "positive": [plain_words(chunk) for chunk in picture.positive],
        "negative": [plain_words(chunk) for chunk in picture.negative],
    }
    engine = () if canvas.engine is None else (asdict(canvas.engine),)
    steering = ScriptCall(name=TITLE, args=(asdict(request.steering), chunks, *engine))
    return replace(
        base,
        prompt=base.per_picture.prompts[number],
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


def _keep(drawn: GenerationResult, picture: FooocusPicture, canvas: DrawingStart, made: _Made) -> None:
    for warning in drawn.warnings:
        made.warn(warning)
    finished = canvas.finish(flat(drawn.images[0], field="start.images.0"))
    model_hash = drawn.effective.get("sd_model_hash")
    metadata = metadata_of(made.request, picture, finished.size, str(model_hash) if model_hash else None)
    made.keep(finished, picture.seed, metadata)
