"""From the prompts of one pass to the predictor that answers them: tags, networks, text encoding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.adapters.own_files import with_own
from pipelines.adapters.resolve import ResolvedNetworks
from pipelines.denoising.denoiser import Predictor, Prompts
from pipelines.denoising.work import Work, settle
from pipelines.families.model import LoadedModel
from pipelines.families.patches import Patches
from pipelines.families.text import PictureSize
from pipelines.generation.empty_prompt import bare_empty_prompt
from pipelines.generation.job import GenerationJob
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from pipelines.sampling.scaling import Scaling
from pipelines.text.embeddings.files import own_embeddings
from pipelines.text.encoding.build import PassPrompts, build_conditioning
from pipelines.text.encoding.report import TI_HASHES
from pipelines.text.prompt.extra_networks import (
    NetworkTag,
    dropped_tags,
    negative_tags,
    networks_of,
    strip_tags,
)

if TYPE_CHECKING:
    from pipelines.generation.sampling_pass import SamplingPass


def pass_predictor(
    job: GenerationJob,
    sampling: SamplingPass,
    model: LoadedModel,
    scaling: Scaling,
    planned_calls: int,
    *,
    bare: bool = False,
) -> Work[Predictor]:
    """Encode the pass's prompts with ``model`` under the networks that they name; ``bare``: under none.

    ``planned_calls``: model calls that prompt schedules span. Raises InvalidRequest, MissingWeights.
    """
    batch = job.plan.batch(sampling.batch_index)
    texts = job.plan.texts
    positive = texts.hires_prompts[batch] if sampling.hires else texts.prompts[batch]
    negative = texts.hires_negative_prompts[batch] if sampling.hires else texts.negative_prompts[batch]
    tagged = strip_tags(positive)
    for warning in (*dropped_tags(tagged), *negative_tags(negative)):
        job.warn(warning)
    networks = ResolvedNetworks() if bare else _networks(job, tagged.tags)
    patches = _patches(job, sampling, networks)
    reading = networks
    if sampling.hires and not bare and job.request.options.hires_fix_use_firstpass_conds:
        # the hires prompts are read while the first pass's networks are on
        reading = _resolved(job, strip_tags(texts.prompts[batch]).tags)
    empty = bare_empty_prompt(job, model) if job.request.options.pad_cond_uncond else None
    job.models.put_on(model, replace(patches, networks=reading.networks, hypernetworks=reading.hypernetworks))
    width, height = sampling.conditioning_size
    first_calls = _first_pass_calls(job) if sampling.hires else planned_calls
    prompts = PassPrompts(
        prompts=tagged.prompts,
        negative_prompts=negative,
        steps=first_calls,
        hires_steps=planned_calls if sampling.hires else None,
        size=PictureSize(width=width, height=height),
    )
    own = own_embeddings(job.request.own)
    conditioner = job.services.text_conditioner(model, reading.embeddings, own)
    built = build_conditioning(
        prompts, conditioner, job.request.options, job.services.conditioning_cache, empty=empty
    )
    job.add_pairs(_with_first_pass(job, built.report.pairs) if sampling.hires else built.report.pairs)
    for warning in built.report.warnings:
        job.warn(warning)
    if reading is not networks:
        job.models.put_on(model, patches)
    told = yield from _told(job, sampling, built.conditioning)
    return Predictor(model=model, patches=patches, prompts=told, scaling=scaling)


def _told(job: GenerationJob, sampling: SamplingPass, prompts: Prompts) -> Work[Prompts]:
    """Return the encoded prompts of a pass as extensions change them."""
    for change in job.services.hooks.prompts_hooks(job, sampling):
        prompts = yield from settle(change(prompts))
    return prompts


def _with_first_pass(job: GenerationJob, pairs: Mapping[str, str | bool]) -> Mapping[str, str | bool]:
    """Put hashes of embeddings that only hires prompts use before those of the first pass."""
    first = str(job.notes.pairs.get(TI_HASHES, ""))
    if not first or TI_HASHES not in pairs:
        return pairs
    known = first.split(", ")
    new = [one for one in str(pairs[TI_HASHES]).split(", ") if one not in known]
    return {**pairs, TI_HASHES: ", ".join([*new, first])}


def _first_pass_calls(job: GenerationJob) -> int:
    return job.request.steps * (2 if SAMPLER_INFOS[job.request.sampler].second_order else 1)


def pad_pairs(job: GenerationJob, *, padded: bool) -> None:
    """Add the infotext pair for a padded shorter side of the guidance."""
    o = job.request.options
    if padded and o.pad_cond_uncond_v0:
        job.add_pairs({"Pad conds v0": True})
    elif padded and o.pad_cond_uncond:
        job.add_pairs({"Pad conds": True})


def _networks(job: GenerationJob, tags: tuple[NetworkTag, ...]) -> ResolvedNetworks:
    """Find the networks that tags and options name, and add their pairs; a missing one is a warning."""
    resolved = _resolved(job, tags)
    job.add_pairs(resolved.pairs)
    return resolved


def _resolved(job: GenerationJob, tags: tuple[NetworkTag, ...]) -> ResolvedNetworks:
    r, o = job.request, job.request.options
    resolved = job.services.resolve_networks(() if r.disable_extra_networks else networks_of(tags, o), o)
    resolved = with_own(resolved, r.own)
    for warning in resolved.warnings:
        job.warn(warning)
    return resolved


def _patches(job: GenerationJob, sampling: SamplingPass, networks: ResolvedNetworks) -> Patches:
    """Return the patches of this pass: its networks, its tiling, and those of extensions."""
    patches = Patches(
        networks=networks.networks,
        hypernetworks=networks.hypernetworks,
        tiling=job.models.tiling,
    )
    for change in job.services.hooks.patch_hooks(job, sampling):
        patches = change(patches)
    return patches
