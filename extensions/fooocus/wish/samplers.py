"""The original's names of samplers and schedulers, and what they are called here."""

from __future__ import annotations

SAMPLERS = {
    "euler": "Euler",
    "euler_ancestral": "Euler a",
    "heun": "Heun",
    "heunpp2": "Heun",
    "dpm_2": "DPM2",
    "dpm_2_ancestral": "DPM2 a",
    "lms": "LMS",
    "dpm_fast": "DPM fast",
    "dpm_adaptive": "DPM adaptive",
    "dpmpp_2s_ancestral": "DPM++ 2S a",
    "dpmpp_sde": "DPM++ SDE",
    "dpmpp_sde_gpu": "DPM++ SDE",
    "dpmpp_2m": "DPM++ 2M",
    "dpmpp_2m_sde": "DPM++ 2M SDE",
    "dpmpp_2m_sde_gpu": "DPM++ 2M SDE",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "dpmpp_3m_sde_gpu": "DPM++ 3M SDE",
    "ddpm": "Euler a",
    "lcm": "LCM",
    "tcd": "LCM",
    "restart": "Restart",
    "ddim": "DDIM",
    "uni_pc": "UniPC",
    "uni_pc_bh2": "UniPC",
}
SCHEDULERS = {
    "normal": "Normal",
    "karras": "Karras",
    "exponential": "Exponential",
    "sgm_uniform": "SGM Uniform",
    "simple": "Simple",
    "ddim_uniform": "DDIM",
    "lcm": "SGM Uniform",
    "turbo": "SGM Uniform",
    "align_your_steps": "Align Your Steps",
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
