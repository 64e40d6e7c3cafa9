"""Carry out a Fooocus job: prepare what pictures start from, draw one after another, write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from extensions.fooocus.drawing.asking import asked
from extensions.fooocus.drawing.canvas import DrawingStart, plain_canvas, upscale_canvas
from extensions.fooocus.drawing.enhancing import enhanced_picture, mask_pictures, stages_of
from extensions.fooocus.drawing.metadata import FileHashes, begin_hashes, hashes_of, metadata_of
from extensions.fooocus.drawing.reading import flat
from extensions.fooocus.drawing.refining import drawn_with_refiner
from extensions.fooocus.drawing.repainting import inpaint_canvas
from extensions.fooocus.drawing.saving import save_picture
from extensions.fooocus.drawing.units import control_call, prepared_pictures
from extensions.fooocus.kinds import EnhanceWish, FooocusPicture, FooocusRequest, FooocusResult
from pipelines.plugin import GenerationResult, Pieces, Work, pause, paused, report

if TYPE_CHECKING:
    from pipelines.plugin import WorkContext

NAME = "fooocus"
PREPARING = "Preparing task"
OUTPUTS = "outputs"


class _Made:
    """A job's pictures so far, with their files, seeds and warnings."""

    def __init__(self, request: FooocusRequest, context: WorkContext) -> None:
        self.request = request
        self.services = context.services
        self.outputs = context.services.settings.folders.places.output_folder(OUTPUTS)
        self.images: list[bytes] = []
        self.files: list[str] = []
        self.seeds: list[int] = []
        self.warnings: list[str] = list(request.warnings)

    def warn(self, text: str) -> None:
        """Add a warning unless it is there."""
        if text not in self.warnings:
            self.warnings.append(text)

    def keep(self, picture: Image.Image, seed: int, metadata: str | None) -> None:
        """Write a picture, and note its file and seed."""
        path, data = save_picture(picture, len(self.files), self.request.saving, metadata, self.outputs)
        self.images.append(data)
        self.files.append(str(path))
        self.seeds.append(seed)

    def result(self) -> FooocusResult:
        """The job's result with the pictures so far."""
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
    if request.enhance is not None:
        return (yield from _enhanced(request, request.enhance, context, made))
    context.reporter.job(NAME, batches=len(request.pictures))
    yield from report(text=PREPARING)
    canvas = yield from paused(_canvas(request, context, made))
    if canvas.product:
        for image in canvas.product:
            made.keep(image, request.pictures[0].seed, None)
        return made.result()
    begin_hashes(request, context.services)
    call = control_call(request, canvas.size, context.services, made.warn)
    yield from pause()
    for number, picture in enumerate(request.pictures):
        if context.control.interrupted:
            break
        prompt = request.base.per_picture.prompts[number]
        drawn = yield from drawn_with_refiner(request, asked(request, picture, prompt, canvas, call))
        if context.control.interrupted:
            break
        _keep(drawn, picture, canvas, made)
    return made.result()


def _enhanced(
    request: FooocusRequest, wish: EnhanceWish, context: WorkContext, made: _Made
) -> Work[FooocusResult]:
    """One picture after another, each through all that is to become of it."""
    context.reporter.job(NAME, batches=len(request.pictures) * stages_of(request, wish))
    yield from report(text=PREPARING)
    if wish.masks:
        shown = yield from mask_pictures(request, wish, context, made.warn)
        for image in shown:
            made.keep(image, request.pictures[0].seed, None)
        return made.result()
    for number, picture in enumerate(request.pictures):
        found = yield from enhanced_picture(request, wish, number, context, made.warn)
        if found is None or context.control.interrupted:
            break
        hashes = hashes_of(request, context.services) if found.drawn else FileHashes()
        metadata = metadata_of(request, picture, found.image.size, hashes)
        made.keep(found.image, picture.seed, metadata)
    return made.result()


def _canvas(request: FooocusRequest, context: WorkContext, made: _Made) -> Pieces[DrawingStart]:
    services = context.services
    if request.control.debug and request.control.pictures:
        size = request.base.width, request.base.height
        maps = prepared_pictures(request.control, size, services, made.warn)
        return DrawingStart(size=maps[0].size, product=tuple(maps))
    if request.upscale is not None:
        return (yield from upscale_canvas(request, request.upscale, services, made.warn))
    if request.inpaint is not None:
        return (yield from inpaint_canvas(request, request.inpaint, services, made.warn))
    return plain_canvas(request)


def _keep(drawn: GenerationResult, picture: FooocusPicture, canvas: DrawingStart, made: _Made) -> None:
    for warning in drawn.warnings:
        made.warn(warning)
    finished = canvas.finish(flat(drawn.images[0], field="start.images.0"))
    hashes = hashes_of(made.request, made.services)
    metadata = metadata_of(made.request, picture, finished.size, hashes)
    made.keep(finished, picture.seed, metadata)
