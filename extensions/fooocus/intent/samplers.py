"""The original's names of samplers and schedulers, and what they are called here."""

from __future__ import annotations

from pipelines.plugin import KDIFFUSION_SAMPLERS, KDIFFUSION_SCHEDULES

SAMPLERS = {**KDIFFUSION_SAMPLERS, "heunpp2": "Heun", "ddpm": "Euler a", "tcd": "LCM"}
SCHEDULERS = {
    **KDIFFUSION_SCHEDULES,
    "lcm": "SGM Uniform",
    "turbo": "SGM Uniform",
    "tcd": "SGM Uniform",
    "edm_playground_v2.5": "Karras",
}
DEFAULT_SAMPLER, DEFAULT_SCHEDULER = "dpmpp_2m_sde_gpu", "karras"
NEAREST = {
    "heunpp2": "Heun is used",
    "ddpm": "Euler a, which has the same ancestral step, is used",
    "tcd": "LCM, which is its case of full noise, is used",
}
"""Samplers that aren't here, and what stands in for them."""
NEAREST_SCHEDULES = {
    "turbo": "SGM Uniform is used",
    "edm_playground_v2.5": "Karras between the sigmas 0.002 and 120 is used, without its parameterisation",
}
EDM = "edm_playground_v2.5"


def sampler_of(name: str) -> tuple[str, str, tuple[str, ...]]:
    """Its name there and here, and a warning; an unknown one is the default."""
    if name not in SAMPLERS:
        text = f"advanced_params.sampler_name: no sampler is called {name!a}; {DEFAULT_SAMPLER} was used"
        return DEFAULT_SAMPLER, SAMPLERS[DEFAULT_SAMPLER], (text,)
    told = (f"advanced_params.sampler_name: {name}: {NEAREST[name]}",) if name in NEAREST else ()
    return name, SAMPLERS[name], told


def scheduler_of(name: str) -> tuple[str, str, tuple[str, ...]]:
    """As ``sampler_of``."""
    if name not in SCHEDULERS:
        text = f"advanced_params.scheduler_name: none is called {name!a}; {DEFAULT_SCHEDULER} was used"
        return DEFAULT_SCHEDULER, SCHEDULERS[DEFAULT_SCHEDULER], (text,)
    known = name in NEAREST_SCHEDULES
    told = (f"advanced_params.scheduler_name: {name}: {NEAREST_SCHEDULES[name]}",) if known else ()
    return name, SCHEDULERS[name], told
