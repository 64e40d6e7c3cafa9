"""The original's names of samplers and schedulers, and what they are called here."""

from __future__ import annotations

from pipelines.plugin import KDIFFUSION_SAMPLERS, KDIFFUSION_SCHEDULES

SAMPLERS = {**KDIFFUSION_SAMPLERS, "heunpp2": "Heun", "ddpm": "Euler a", "tcd": "TCD"}
"""A step of ``ddpm`` (Ho et al. 2020) is one of Euler a: down to the same mean, and up by the same noise."""
SCHEDULERS = {
    **KDIFFUSION_SCHEDULES,
    "lcm": "SGM Uniform LCM",
    "turbo": "Turbo",
    "tcd": "SGM Uniform LCM",
    "edm_playground_v2.5": "Karras EDM",
}
DEFAULT_SAMPLER, DEFAULT_SCHEDULER = "dpmpp_2m_sde_gpu", "karras"
NEAREST = {"heunpp2": "Heun is used"}
"""Samplers that aren't here, and what stands in for them."""


def sampler_of(name: str) -> tuple[str, str, tuple[str, ...]]:
    """Its name there and here, and a warning; an unknown one is the default."""
    if name not in SAMPLERS:
        text = f"advanced_params.sampler_name: no sampler is called {name!a}; {DEFAULT_SAMPLER} was used"
        return DEFAULT_SAMPLER, SAMPLERS[DEFAULT_SAMPLER], (text,)
    told = (f"advanced_params.sampler_name: {name}: {NEAREST[name]}",) if name in NEAREST else ()
    return name, SAMPLERS[name], told


def scheduler_of(name: str) -> tuple[str, str, tuple[str, ...]]:
    """A schedule's name there and here, and a warning; an unknown one is the default."""
    if name not in SCHEDULERS:
        text = f"advanced_params.scheduler_name: none is called {name!a}; {DEFAULT_SCHEDULER} was used"
        return DEFAULT_SCHEDULER, SCHEDULERS[DEFAULT_SCHEDULER], (text,)
    return name, SCHEDULERS[name], ()
