"""Have a job's prompts worked out as templates, and plan the job by what they become."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.dynamic_prompts.arguments import COUNT_PLACE, TITLE, DynamicArguments
from extensions.dynamic_prompts.ask import ask
from extensions.dynamic_prompts.options import DynamicOptions
from extensions.dynamic_prompts.task import TemplateTask, Way, WorkedOut
from pipelines.plugin import InvalidRequest, PerPicture, Places, Work, check_generation, within

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, Plan

PLACE = f"always_on.{TITLE}.args"
FOLDERS = (
    "extensions/stable-diffusion-webui-wildcards/wildcards",
    "scripts/wildcards",
    "extensions/sd-dynamic-prompts/wildcards",
    "wildcards",
)
"""Folders of wildcard files in the data folder: those of A1111's extensions, and the server's own."""
OWN_NAME = "wildcards"
ABSENT = {
    "is_magic_prompt": "magic prompts need a language model, which there is none of here",
    "is_feeling_lucky": "prompts of other people are fetched from nowhere",
    "is_attention_grabber": "nothing here finds the phrases to stress",
}
"""Arguments that are ignored, and the reasons."""


def write_prompts(job: GenerationJob, arguments: DynamicArguments) -> Work[Plan]:
    """The job's plan with the texts that its templates become. Raises InvalidRequest."""
    for name, reason in ABSENT.items():
        if getattr(arguments, name):
            job.warn(f"{PLACE}: {name} was ignored: {reason}")
    _check_counts(arguments)
    task = task_of(job, arguments)
    if not _is_needed(task):
        return job.plan
    made = yield from ask(task)
    if made.refusal:
        count = f"{PLACE}.{COUNT_PLACE}"
        raise InvalidRequest(made.refusal, field=count if made.place == "count" else made.place)
    for warning in made.warnings:
        job.warn(warning)
    if DynamicOptions.of(job.request.options).dp_write_raw_template:
        texts = job.plan.texts
        pairs = {"Template": texts.prompts[0], "Negative Template": texts.negative_prompts[0]}
        job.add_pairs({name: text for name, text in pairs.items() if text})
    return _planned(job, arguments, made)


def _check_counts(arguments: DynamicArguments) -> None:
    within(f"{PLACE}.2", arguments.combinatorial_batches, 1, 1000)
    within(f"{PLACE}.{COUNT_PLACE}", arguments.max_generations, 0, 1_000_000)


def _is_needed(task: TemplateTask) -> bool:
    """True if any text holds a sign of the grammar, or if plain texts change too."""
    texts = (*task.prompts, *task.negative_prompts, *task.hires_prompts, *task.hires_negative_prompts)
    signs = (task.variant_start, task.wildcard_wrap, "${", "%{")
    return (
        task.way != "random"
        or task.ignore_whitespace
        or any(sign in text for text in set(texts) for sign in signs)
    )


def task_of(job: GenerationJob, arguments: DynamicArguments) -> TemplateTask:
    """Return the task of a job's texts. Raises InvalidRequest for a folder or sign that can't be."""
    options, texts = DynamicOptions.of(job.request.options), job.plan.texts
    way: Way = "random"
    if arguments.enable_jinja_templates:
        way = "jinja"
    elif arguments.is_combinatorial:
        way = "combinatorial"
    hires = texts.hires_prompts if texts.hires_prompts != texts.prompts else ()
    same = texts.hires_negative_prompts == texts.negative_prompts
    seeds, _ = seeds_of(job, arguments, len(texts.prompts))
    return TemplateTask(
        way=way,
        roots=[str(folder) for folder in _folders(job)],
        prompts=texts.prompts,
        negative_prompts=texts.negative_prompts,
        hires_prompts=hires,
        hires_negative_prompts=() if same else texts.hires_negative_prompts,
        seeds=seeds,
        chance=job.request.seeds.chance if arguments.unlink_seed_from_prompt else None,
        frozen=job.request.seeds.subseed_strength > 0,
        count=int(arguments.max_generations) or None,
        batches=int(arguments.combinatorial_batches),
        most=job.services.settings.limits.batch_count * job.request.batch_size,
        variant_start=_sign("dp_parser_variant_start", options.dp_parser_variant_start),
        variant_end=_sign("dp_parser_variant_end", options.dp_parser_variant_end),
        wildcard_wrap=_sign("dp_parser_wildcard_wrap", options.dp_parser_wildcard_wrap),
        ignore_whitespace=options.dp_ignore_whitespace,
        dedupe=not options.dp_wildcard_manager_no_dedupe,
        sort=not options.dp_wildcard_manager_no_sort,
        shuffle=options.dp_wildcard_manager_shuffle,
        context=_context(job) if way == "jinja" else {},
        limit_jinja=options.dp_limit_jinja_prompts,
    )


def _sign(key: str, sign: str) -> str:
    if not 1 <= len(sign) <= 8 or sign.isspace():
        raise InvalidRequest(f"{key} must have 1 to 8 characters", field=f"options.{key}")
    return sign


def _folders(job: GenerationJob) -> Iterable[Path]:
    folders = job.services.settings.folders
    named = DynamicOptions.of(job.request.options).wildcard_dir
    yield from (folders.data / name for name in FOLDERS)
    if named:
        yield _named_folder(folders.places, named)


def _named_folder(places: Places, text: str) -> Path:
    """Return the folder of an option that any request may set. Raises InvalidRequest for other folders.

    Other texts in the data folder (settings, keys, prompts of saved pictures) must not be read as choices.
    """
    field = "options.wildcard_dir"
    place = places.readable_place(text, field=field)
    data = places.data.resolve()
    below = place.relative_to(data) if place.is_relative_to(data) else place
    if OWN_NAME not in (part.lower() for part in below.parts):
        raise InvalidRequest(f"wildcard_dir is no folder called {OWN_NAME}, nor below one", field=field)
    return place


def _context(job: GenerationJob) -> dict[str, object]:
    """Return the values that a Jinja template may read of its job."""
    request, plan, checkpoint = job.request, job.plan, job.checkpoint
    name = checkpoint.model_name
    if checkpoint.model_hash:
        name = f"{name} [{checkpoint.model_hash}]"
    return {
        "model": {
            "filename": Path(request.checkpoint).name,
            "title": name,
            "hash": checkpoint.model_hash or "",
            "model_name": checkpoint.model_name,
        },
        "image": {"width": plan.width, "height": plan.height},
        "parameters": {
            "steps": request.steps,
            "batch_size": request.batch_size,
            "num_batches": request.batch_count,
            "width": plan.width,
            "height": plan.height,
            "cfg_scale": request.cfg_scale,
            "sampler_name": request.sampler,
            "seed": plan.seeds[0],
        },
        "prompt": {"prompt": plan.texts.prompts[0], "negative_prompt": plan.texts.negative_prompts[0]},
    }


def seeds_of(
    job: GenerationJob, arguments: DynamicArguments, count: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Seeds and subseeds of so many pictures.

    They count up as always, unless they are fixed; then combinations have the first of each batch.
    """
    seed, subseed = job.plan.seeds[0], job.plan.subseeds[0]
    if arguments.use_fixed_seed:
        batches = int(arguments.combinatorial_batches) if arguments.is_combinatorial else 1
        part = max(1, count // batches)
        return tuple(seed + min(i // part, batches - 1) for i in range(count)), (subseed,) * count
    if count == len(job.plan.seeds):
        return job.plan.seeds, job.plan.subseeds
    step = 0 if job.request.seeds.subseed_strength != 0 else 1
    return tuple(seed + step * i for i in range(count)), tuple(subseed + i for i in range(count))


def _planned(job: GenerationJob, arguments: DynamicArguments, made: WorkedOut) -> Plan:
    """The plan of these prompts. Raises InvalidRequest beyond the limits."""
    prompts, negatives = tuple(made.prompts), tuple(made.negative_prompts)
    hires = tuple(made.hires_prompts) or prompts
    hires_negatives = tuple(made.hires_negative_prompts) or negatives
    request = job.request
    if arguments.no_image_generation:
        prompts, negatives, hires, hires_negatives = (
            prompts[:1],
            negatives[:1],
            hires[:1],
            hires_negatives[:1],
        )
        request = replace(request, batch_size=1)
    count = len(prompts)
    request = replace(request, batch_count=-(-count // request.batch_size))
    own = PerPicture(prompts=(*prompts, *hires), negative_prompts=(*negatives, *hires_negatives))
    check_generation(replace(request, per_picture=own), job.services.settings.limits)
    seeds, subseeds = seeds_of(job, arguments, count)
    texts = replace(
        job.plan.texts,
        prompts=prompts,
        negative_prompts=negatives,
        hires_prompts=hires,
        hires_negative_prompts=hires_negatives,
    )
    return replace(job.plan, request=request, seeds=seeds, subseeds=subseeds, texts=texts)
