"""Run a selectable script, which asks for generations and makes one result of theirs."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.catalog.caption_models import caption_model
from pipelines.contract.control import JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest, NotFound, SdapiError
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import CaptionRequest, GenerationRequest, Style
from pipelines.contract.results import GenerationResult
from pipelines.denoising.work import Work, run_generation
from pipelines.generation.context import WorkContext
from pipelines.generation.reporter import Reporter
from pipelines.generation.services import Services
from pipelines.pictures.decode import decode_picture
from pipelines.pictures.encode import encode_picture
from pipelines.pictures.filenames import NameFacts, NameRules
from pipelines.pictures.metadata import read_metadata
from pipelines.pictures.reading.opening import open_picture
from pipelines.pictures.save import save_picture
from pipelines.scripting.script_file import Names, Script
from pipelines.scripting.script_work import ARGUMENT_ERRORS, ScriptWork, check_script, misfit
from pipelines.scripting.tools import raw_png
from pipelines.text.prompt.style_files import read_styles


@dataclass(slots=True, kw_only=True)
class EngineScriptContext:
    """The engine as a running script may use it; pictures are encoded bytes.

    ``request``: that of the client. ``files``: paths of what the script saved.
    """

    services: Services
    control: JobControl
    reporter: Reporter
    request: GenerationRequest
    names: Names
    grid_name: str = "grid"
    files: list[str] = field(default_factory=list[str])

    @property
    def options(self) -> GenerationOptions:
        """The options that the request runs with."""
        return self.request.options

    @property
    def interrupted(self) -> bool:
        """True if the user wants the job to end."""
        return self.control.end_requested()

    def set_job(self, text: str, *, count: int | None = None) -> None:
        """Name the part that runs now, and how many batches there are."""
        self.reporter.job(text, batches=count)

    def upscale(self, picture: bytes, upscaler: str, scale: float) -> bytes:
        """Enlarge a picture ``scale`` times with the upscaler of this name. Raises InvalidRequest."""
        opened = decode_picture(picture, field="script.args").convert("RGB")
        return raw_png(self.services.upscalers.get(upscaler, self.options)(opened, scale))

    def interrogate(self, picture: bytes, model: str) -> str:
        """Describe a picture. Raises NotFound for a name that means no model."""
        known = caption_model(model)
        if known is None:
            raise NotFound("Model not found", field="model")
        return self.services.interrogate(CaptionRequest(image=picture, model=known, options=self.options))

    def save(self, picture: bytes, *, seed: int, grid: bool = False) -> None:
        """Write a picture with the infotext it carries, if options ask for it."""
        output = self.request.output
        if output.grid_save if grid else output.samples_save:
            self.files.append(str(_written(self, picture, seed, grid)))

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


def run_script(request: GenerationRequest, context: WorkContext) -> Work[GenerationResult]:
    """Drive the script named in ``request``. Raises InvalidRequest for a name or arguments that don't work.

    Scripts work on PNG; the answer is encoded as the request wants it.
    """
    services = context.services
    script = _find(request, services)
    base = replace(request, script=None, send_images=True, response_format="png")
    asks = EngineScriptContext(
        services=services,
        control=context.control,
        reporter=context.reporter,
        request=request,
        names=services.script_names(),
        grid_name=script.grid_name,
    )
    assert script.run is not None and request.script is not None
    check_script(script, base, request.script.args, asks.names, services.settings.limits)
    run = script.run(base, request.script.args, asks)
    work = ScriptWork(limits=services.settings.limits)
    step: GenerationRequest | GenerationResult = _advance(run, None, script)
    while isinstance(step, GenerationRequest):
        work.add(step)
        answer = yield from _carried_out(step)
        step = _advance(run, answer, script)
    return _answered(request, step, asks.files)


def _carried_out(step: GenerationRequest) -> Work[GenerationResult | SdapiError]:
    """A generation's result, or what went wrong, which the script may live with. Raises Cancelled."""
    try:
        return (yield from run_generation(step))
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
    except ARGUMENT_ERRORS as error:
        raise misfit(script, error) from error


def _find(request: GenerationRequest, services: Services) -> Script:
    name = request.script.name if request.script is not None else ""
    script = services.scripts.find(name, is_img2img=request.img2img is not None)
    if script is None or script.run is None:
        raise InvalidRequest(f"Script '{name}' not found", field="script.name")
    return script


def _answered(request: GenerationRequest, result: GenerationResult, saved: list[str]) -> GenerationResult:
    """Name the files that the script wrote, and encode as the client wants."""
    files = (*result.files, *saved)
    kind = request.response_format or request.output.samples_format
    if not request.send_images:
        return replace(result, images=(), files=files)
    if kind.lower() == "png":
        return replace(result, files=files)
    return replace(result, files=files, images=tuple(_encoded(i, kind, request) for i in result.images))


def _encoded(picture: bytes, kind: str, request: GenerationRequest) -> bytes:
    opened = open_picture(picture)
    infotext, _ = read_metadata(opened)
    return encode_picture(opened, kind, infotext=infotext or None, quality=request.output.jpeg_quality)


def _written(context: EngineScriptContext, data: bytes, seed: int, grid: bool) -> Path:
    request, settings = context.request, context.services.settings
    output = request.output
    picture = open_picture(data)
    infotext, _ = read_metadata(picture)
    facts = NameFacts(
        image=picture,
        seed=seed,
        prompt=request.prompt,
        basename=context.grid_name if grid else "",
        rules=NameRules(longest=settings.filename_length, unix=settings.unix_filenames),
    )
    return save_picture(
        picture,
        settings.folders.places.output_folder(_folder(request, grid)),
        facts,
        output,
        extension=output.grid_format if grid else output.samples_format,
        infotext=infotext or None,
        grid=grid,
    )


def _folder(request: GenerationRequest, grid: bool) -> str:
    output = request.output
    if request.img2img is None:
        return output.outdir_txt2img_grids if grid else output.outdir_txt2img_samples
    return output.outdir_img2img_grids if grid else output.outdir_img2img_samples
