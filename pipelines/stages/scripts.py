"""Run a selectable script: it asks for generations and makes one result of theirs."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from pipelines.errors import Cancelled, InvalidRequest, SdapiError
from pipelines.images.decode import decode_image
from pipelines.images.encode import encode_image
from pipelines.images.filenames import NameFacts
from pipelines.images.metadata import read_metadata
from pipelines.images.save import save_image
from pipelines.jobs.control import JobControl
from pipelines.model_call import Work
from pipelines.options import GenerationOptions
from pipelines.prompt.style_files import read_styles
from pipelines.request import GenerationRequest, GenerationResult, InterrogateRequest, Style
from pipelines.scripted import raw_png
from pipelines.scripting import Names, Script
from pipelines.services import Services
from pipelines.stages.reporter import Reporter

Plain = Callable[[GenerationRequest, Services, JobControl, Reporter], Work[GenerationResult]]


@dataclass(slots=True, kw_only=True)
class Context:
    """What a running script may ask of the engine; pictures are encoded bytes."""

    services: Services
    control: JobControl
    reporter: Reporter
    options: GenerationOptions
    names: Names

    @property
    def interrupted(self) -> bool:
        """Whether the user wants the job to end."""
        return self.control.end_requested()

    def set_job(self, text: str, *, count: int | None = None) -> None:
        """Name the part that runs now, and how many batches there are."""
        self.reporter.job(text, batches=count)

    def upscale(self, image: bytes, upscaler: str, scale: float) -> bytes:
        """Enlarge a picture."""
        opened = decode_image(image, field="script_args").convert("RGB")
        return raw_png(self.services.upscalers.get(upscaler, self.options)(opened, scale))

    def interrogate(self, image: bytes, model: str) -> str:
        """Describe a picture."""
        return self.services.interrogate(InterrogateRequest(image=image, model=model, options=self.options))

    def short_title(self, checkpoint: str) -> str:
        """``stem [hash]`` of a checkpoint file."""
        return self.services.short_title(checkpoint)

    def find_checkpoint(self, name: str) -> str | None:
        """The file of the checkpoint that ``name`` means, by A1111's closest match."""
        found = self.services.checkpoints.closest(name)
        return None if found is None else str(found.path)

    def find_style(self, name: str) -> Style | None:
        """A style by its exact name."""
        return read_styles(self.services.settings.folders.styles).get(name)


def run_script(
    request: GenerationRequest, services: Services, control: JobControl, reporter: Reporter, plain: Plain
) -> Work[GenerationResult]:
    """Drive the script named in ``request``. Raises InvalidRequest for a name or arguments that don't work.

    Scripts work on PNG; the answer is encoded as the request wants it.
    """
    script = _find(request, services)
    base = replace(request, script=None, send_images=True, response_format="png")
    context = Context(
        services=services,
        control=control,
        reporter=reporter,
        options=request.options,
        names=services.script_names(),
    )
    assert script.run is not None and request.script is not None
    run = script.run(base, request.script.args, context)
    step: GenerationRequest | GenerationResult = _advance(run, None, script)
    while isinstance(step, GenerationRequest):
        answer = yield from _carried_out(step, services, control, reporter, plain)
        step = _advance(run, answer, script)
    return _answered(request, step, services, script.grid_name)


def _carried_out(
    step: GenerationRequest, services: Services, control: JobControl, reporter: Reporter, plain: Plain
) -> Work[GenerationResult | SdapiError]:
    """A generation's result, or what went wrong, which the script may live with. Raises Cancelled."""
    try:
        return (yield from plain(step, services, control, reporter))
    except Cancelled:
        raise
    except SdapiError as error:
        return error


def _advance(
    run: Generator[GenerationRequest, GenerationResult, GenerationResult],
    answer: GenerationResult | SdapiError | None,
    script: Script,
) -> GenerationRequest | GenerationResult:
    """The script's next request, or its result. Raises InvalidRequest for wrong arguments."""
    try:
        if isinstance(answer, SdapiError):
            return run.throw(answer)
        return next(run) if answer is None else run.send(answer)
    except StopIteration as finished:
        return finished.value
    except (TypeError, ValueError, IndexError) as error:
        raise InvalidRequest(
            f"the arguments of script {script.title!r} don't fit: {error}", field="script_args"
        ) from error


def _find(request: GenerationRequest, services: Services) -> Script:
    name = request.script.name if request.script is not None else ""
    script = services.scripts.find(name, is_img2img=request.img2img is not None)
    if script is None or script.run is None:
        raise InvalidRequest(f"Script '{name}' not found", field="script_name")
    return script


def _answered(
    request: GenerationRequest, result: GenerationResult, services: Services, grid_name: str
) -> GenerationResult:
    """Save what the script asks to save, and encode as the client wants."""
    files = (*result.files, *_saved(request, result, services, grid_name))
    kind = request.response_format or request.output.samples_format
    if not request.send_images:
        return replace(result, images=(), files=files)
    if kind.lower() == "png":
        return replace(result, files=files)
    return replace(result, files=files, images=tuple(_encoded(i, kind, request) for i in result.images))


def _encoded(image: bytes, kind: str, request: GenerationRequest) -> bytes:
    with Image.open(io.BytesIO(image)) as opened:
        infotext, _ = read_metadata(opened)
        return encode_image(opened, kind, infotext=infotext or None, quality=request.output.jpeg_quality)


def _saved(
    request: GenerationRequest, result: GenerationResult, services: Services, grid_name: str
) -> list[str]:
    """Grids are the pictures before ``index_of_first_image``."""
    first = int(result.info.get("index_of_first_image", 0))
    output = request.output
    if not (request.save_images and output.grid_save):
        return []
    outdir = output.outdir_img2img_grids if request.img2img else output.outdir_txt2img_grids
    folder: Path = services.settings.folders.data / outdir
    saved: list[str] = []
    for data in result.images[:first]:
        with Image.open(io.BytesIO(data)) as image:
            infotext, _ = read_metadata(image)
            facts = NameFacts(image=image, seed=request.seeds.seed, prompt=request.prompt, basename=grid_name)
            path = save_image(
                image, folder, facts, output, extension=output.grid_format, infotext=infotext, grid=True
            )
        saved.append(str(path))
    return saved
