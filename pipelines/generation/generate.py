"""A generation from request to result: the order of everything."""

from __future__ import annotations

from pipelines.contract.errors import Cancelled
from pipelines.contract.heed import heed
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.denoising.work import Work
from pipelines.generation.batch import Batch, FinishedPicture, Img2imgStart
from pipelines.generation.context import WorkContext
from pipelines.generation.enlarge.hires import check_hires, hires_pairs
from pipelines.generation.finishing.answer import answer
from pipelines.generation.finishing.finish import check_faces
from pipelines.generation.job import GenerationJob
from pipelines.generation.load import load_job
from pipelines.generation.plan import plan_generation
from pipelines.generation.scripts import run_script
from pipelines.generation.stages import run_stages
from pipelines.generation.start.img2img import start_img2img


def generate(request: GenerationRequest, context: WorkContext) -> Work[GenerationResult]:
    """Carry out a request, through its selectable script if it names one. Raises SdapiError."""
    context.reporter.job("img2img" if request.img2img else "txt2img")
    if request.script is not None:
        return (yield from run_script(request, context))
    return (yield from plain_generation(request, context))


def plain_generation(request: GenerationRequest, context: WorkContext) -> Work[GenerationResult]:
    """Carry out a request without its selectable script. Raises SdapiError."""
    heed()
    plan = plan_generation(request)
    check_faces(request, context.services)
    check_hires(request, context.services)
    context.reporter.stage("load")
    job = load_job(plan, context)
    hooks = context.services.hooks
    try:
        job.reporter.stage("prepare")
        job = yield from hooks.planned(job)
        yield from hooks.begin_job(job)
        return (yield from _run(job))
    finally:
        job.end()


def _run(job: GenerationJob) -> Work[GenerationResult]:
    start = yield from _start(job)
    request, names = job.request, job.loaded.family.stages
    name = job.reporter.state.job
    if job.reporter.state.batch_count < 0:
        job.reporter.job(name, batches=request.batch_count * job.plan.passes)
    finished: list[FinishedPicture] = []
    for index in range(request.batch_count):
        job.control.begin_batch()
        if job.control.end_requested():
            break
        if request.batch_count > 1:
            job.reporter.job(f"Batch {index + 1} out of {request.batch_count}")
        batch = yield from run_stages(job, Batch(index=index, start=start), names)
        finished += batch.finished
        job.reporter.end_batch()
    if job.control.cancelled:
        raise Cancelled("the job was cancelled")
    job.reporter.stage("answer")
    return (yield from answer(job, finished))


def _start(job: GenerationJob) -> Work[Img2imgStart | None]:
    """Prepare what all batches share, and note the pairs of hires fix, which stand as early."""
    request, hires = job.request, job.plan.hires
    if request.img2img is not None:
        return (yield from start_img2img(job, request.img2img))
    if request.hires is not None and hires is not None:
        job.add_pairs(hires_pairs(job, request.hires, hires))
    return None
