"""Samplers and schedules by the names that k-diffusion's functions gave them, and ours for them; no torch.

SwarmUI's and Fooocus' clients send these names; each API adds a few.
"""

from __future__ import annotations

from typing import Any

KDIFFUSION_SAMPLERS = {
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
}
KDIFFUSION_SCHEDULES = {
    "normal": "Normal",
    "karras": "Karras",
    "exponential": "Exponential",
    "simple": "Simple",
    "ddim_uniform": "DDIM",
    "sgm_uniform": "SGM Uniform",
    "align_your_steps": "Align Your Steps",
}
KDIFFUSION_OPTIONS: dict[str, dict[str, Any]] = {
    "uni_pc": {"uni_pc_variant": "bh1"},
    "uni_pc_bh2": {"uni_pc_variant": "bh2"},
}
"""Options that belong to a sampler's name."""
