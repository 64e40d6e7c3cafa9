"""Samplers, schedulers and upscalers by the names that SwarmUI's clients know, and ours for them."""

from __future__ import annotations

SAMPLERS = {
    "euler": "Euler",
    "euler_ancestral": "Euler a",
    "heun": "Heun",
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
    "dpmpp_2m_sde_heun": "DPM++ 2M SDE Heun",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "dpmpp_3m_sde_gpu": "DPM++ 3M SDE",
    "ddim": "DDIM",
    "lcm": "LCM",
    "uni_pc": "UniPC",
    "uni_pc_bh2": "UniPC",
    "restart": "Restart",
    "plms": "PLMS",
}
"""What clients send -> our label; those that the engine hasn't are not listed."""

SCHEDULERS = {
    "normal": "Normal",
    "karras": "Karras",
    "exponential": "Exponential",
    "simple": "Simple",
    "ddim_uniform": "DDIM",
    "sgm_uniform": "SGM Uniform",
    "align_your_steps": "Align Your Steps",
    "beta": "Beta",
    "kl_optimal": "KL Optimal",
    "polyexponential": "Polyexponential",
    "uniform": "Uniform",
}

OPTIONS = {"uni_pc": {"uni_pc_variant": "bh1"}, "uni_pc_bh2": {"uni_pc_variant": "bh2"}}
"""Options that belong to a sampler's name."""

ENLARGERS = {
    "pixel-lanczos": "Lanczos",
    "pixel-nearest-exact": "Nearest",
    "latent-bilinear": "Latent",
    "latent-bicubic": "Latent (bicubic)",
    "latent-nearest-exact": "Latent (nearest-exact)",
}
"""Ways to enlarge for the second pass; `model-NAME` is an upscaler of the catalog."""
PLAIN = frozenset({"Lanczos", "Nearest"})
"""Upscalers of the catalog that have a name of their own above."""
MODEL = "model-"


def enlarger(method: str) -> str:
    """Our name of a way to enlarge."""
    return ENLARGERS.get(method) or method.removeprefix(MODEL)
