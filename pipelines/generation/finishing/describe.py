"""Describe finished pictures: infotexts and A1111's info object."""

from __future__ import annotations

from typing import Any

from pipelines.generation.job import GenerationJob
from pipelines.generation.notes import Pair
from pipelines.text.infotext.write import VERSION, InfotextFields, Value


def infotext(job: GenerationJob, index: int) -> str:
    """The infotext of picture ``index`` of the job."""
    texts = job.plan.texts
    prompt, negative = texts.prompts[index], texts.negative_prompts[index]
    return InfotextFields(
        prompt=prompt,
        negative_prompt=negative,
        pairs={**_fixed_pairs(job, index), **job.services.hooks.placed_pairs(job, index)},
        extra={key: _resolved(value, index) for key, value in job.notes.pairs.items()},
        version=VERSION if job.request.output.add_version_to_infotext else None,
    ).text()


def _resolved(value: Pair, index: int) -> Value:
    return value(index) if callable(value) else value


def _fixed_pairs(job: GenerationJob, index: int) -> dict[str, Value]:
    """Return pairs in A1111's order; a noted pair of the same name fills a place held by None."""
    plan, told = job.plan, job.checkpoint
    r, o, output = plan.request, plan.request.options, plan.request.output
    return {
        "Steps": r.steps,
        "Sampler": r.sampler,
        "Schedule type": r.scheduler,
        "CFG scale": r.cfg_scale,
        "Image CFG scale": told.image_cfg_scale,
        "Seed": plan.seeds[index],
        "Face restoration": o.face_restoration_model if r.restore_faces else None,
        "Size": f"{plan.width}x{plan.height}",
        "Model hash": told.model_hash if output.add_model_hash_to_info else None,
        "Model": told.model_name if output.add_model_name_to_info else None,
        "FP8 weight": None,
        "VAE hash": told.vae_hash if output.add_vae_hash_to_info else None,
        "VAE": told.vae_name if output.add_vae_name_to_info else None,
        "Variation seed": None,
        "Variation seed strength": None,
        "Seed resize from": None,
        "Denoising strength": None,
        "Conditional mask weight": o.inpainting_mask_weight if job.notes.mask_told else None,
        "Clip skip": o.CLIP_stop_at_last_layers if o.CLIP_stop_at_last_layers > 1 else None,
        "ENSD": None,
        "Token merging ratio": None,
        "Token merging ratio hr": None,
        "RNG": o.randn_source if o.randn_source != "GPU" else None,
        "Tiling": True if r.tiling is True else None,
        "Tiling axis": r.tiling if isinstance(r.tiling, str) else None,
    }


def info(job: GenerationJob, infotexts: list[str], *, first_picture: int) -> dict[str, Any]:
    """A1111's info object, its keys in A1111's order."""
    plan, told = job.plan, job.checkpoint
    r, texts = plan.request, plan.texts
    return {
        "prompt": texts.prompts[0],
        "all_prompts": list(texts.prompts),
        "negative_prompt": texts.negative_prompts[0],
        "all_negative_prompts": list(texts.negative_prompts),
        "seed": plan.seeds[0],
        "all_seeds": list(plan.seeds),
        "subseed": plan.subseeds[0],
        "all_subseeds": list(plan.subseeds),
        "subseed_strength": r.seeds.subseed_strength,
        "width": plan.width,
        "height": plan.height,
        "sampler_name": r.sampler,
        "cfg_scale": r.cfg_scale,
        "steps": r.steps,
        "batch_size": r.batch_size,
        "restore_faces": r.restore_faces,
        "face_restoration_model": r.options.face_restoration_model if r.restore_faces else None,
        "sd_model_name": told.model_name,
        "sd_model_hash": told.model_hash,
        "sd_vae_name": told.vae_name,
        "sd_vae_hash": told.vae_hash,
        "seed_resize_from_w": r.seeds.resize_width,
        "seed_resize_from_h": r.seeds.resize_height,
        "denoising_strength": r.denoising_strength,
        "extra_generation_params": {k: None if callable(v) else v for k, v in job.notes.pairs.items()},
        "index_of_first_image": first_picture,
        "infotexts": infotexts,
        "styles": [s.name for s in r.styles],
        "job_timestamp": plan.timestamp,
        "clip_skip": r.options.CLIP_stop_at_last_layers,
        "is_using_inpainting_conditioning": job.notes.mask_told,
        "version": VERSION,
    }
