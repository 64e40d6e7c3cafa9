"""Describe finished pictures: infotexts and A1111's info object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipelines.generation.job import GenerationJob
from pipelines.text.infotext.write import VERSION, InfotextFields, Value


def infotext(job: GenerationJob, index: int) -> str:
    """The infotext of picture ``index`` of the job."""
    prompt, negative = job.texts.prompts[index], job.texts.negative_prompts[index]
    return InfotextFields(
        prompt=prompt,
        negative_prompt=negative,
        pairs={**_fixed_pairs(job, index), **job.services.hooks.placed_pairs(job, index)},
        extra={key: _resolved(value, index) for key, value in job.extra.items()},
        version=VERSION if job.request.output.add_version_to_infotext else None,
    ).text()


def _resolved(value: Value | Callable[[int], Value], index: int) -> Value:
    return value(index) if callable(value) else value


def _fixed_pairs(job: GenerationJob, index: int) -> dict[str, Value]:
    """Pairs in A1111's order; who sets a pair of the same name fills the place held by None."""
    r, o, output = job.request, job.request.options, job.request.output
    return {
        "Steps": r.steps,
        "Sampler": r.sampler,
        "Schedule type": r.scheduler,
        "CFG scale": r.cfg_scale,
        "Image CFG scale": job.image_cfg_scale,
        "Seed": job.seeds[index],
        "Face restoration": o.face_restoration_model if r.restore_faces else None,
        "Size": f"{job.width}x{job.height}",
        "Model hash": job.model_hash if output.add_model_hash_to_info else None,
        "Model": job.model_name if output.add_model_name_to_info else None,
        "FP8 weight": None,
        "VAE hash": job.vae_hash if output.add_vae_hash_to_info else None,
        "VAE": job.vae_name if output.add_vae_name_to_info else None,
        "Variation seed": None,
        "Variation seed strength": None,
        "Seed resize from": None,
        "Denoising strength": None,
        "Conditional mask weight": o.inpainting_mask_weight if job.told_mask else None,
        "Clip skip": o.CLIP_stop_at_last_layers if o.CLIP_stop_at_last_layers > 1 else None,
        "ENSD": None,
        "Token merging ratio": None,
        "Token merging ratio hr": None,
        "RNG": o.randn_source if o.randn_source != "GPU" else None,
        "Tiling": True if r.tiling else None,
    }


def info(job: GenerationJob, infotexts: list[str], *, first_image: int) -> dict[str, Any]:
    """A1111's info object, its keys in A1111's order."""
    r, texts = job.request, job.texts
    return {
        "prompt": texts.prompts[0],
        "all_prompts": list(texts.prompts),
        "negative_prompt": texts.negative_prompts[0],
        "all_negative_prompts": list(texts.negative_prompts),
        "seed": job.seeds[0],
        "all_seeds": list(job.seeds),
        "subseed": job.subseeds[0],
        "all_subseeds": list(job.subseeds),
        "subseed_strength": r.seeds.subseed_strength,
        "width": job.width,
        "height": job.height,
        "sampler_name": r.sampler,
        "cfg_scale": r.cfg_scale,
        "steps": r.steps,
        "batch_size": r.batch_size,
        "restore_faces": r.restore_faces,
        "face_restoration_model": r.options.face_restoration_model if r.restore_faces else None,
        "sd_model_name": job.model_name,
        "sd_model_hash": job.model_hash,
        "sd_vae_name": job.vae_name,
        "sd_vae_hash": job.vae_hash,
        "seed_resize_from_w": r.seeds.resize_width,
        "seed_resize_from_h": r.seeds.resize_height,
        "denoising_strength": r.denoising_strength,
        "extra_generation_params": {k: None if callable(v) else v for k, v in job.extra.items()},
        "index_of_first_image": first_image,
        "infotexts": infotexts,
        "styles": [s.name for s in r.styles],
        "job_timestamp": job.job_timestamp,
        "clip_skip": r.options.CLIP_stop_at_last_layers,
        "is_using_inpainting_conditioning": job.told_mask,
        "version": VERSION,
    }
