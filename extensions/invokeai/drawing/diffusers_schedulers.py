"""diffusers' schedulers by InvokeAI's names, for packs that denoise by themselves."""

from __future__ import annotations

from typing import Any

import diffusers


def _map() -> dict[str, tuple[type[Any], dict[str, Any]]]:
    plain = {
        "ddim": ("DDIMScheduler", {}),
        "ddpm": ("DDPMScheduler", {}),
        "pndm": ("PNDMScheduler", {}),
        "euler_a": ("EulerAncestralDiscreteScheduler", {}),
        "lcm": ("LCMScheduler", {}),
        "tcd": ("TCDScheduler", {}),
    }
    karras = {
        "deis": ("DEISMultistepScheduler", {}),
        "lms": ("LMSDiscreteScheduler", {}),
        "heun": ("HeunDiscreteScheduler", {}),
        "euler": ("EulerDiscreteScheduler", {}),
        "kdpm_2": ("KDPM2DiscreteScheduler", {}),
        "kdpm_2_a": ("KDPM2AncestralDiscreteScheduler", {}),
        "dpmpp_2s": ("DPMSolverSinglestepScheduler", {"solver_order": 2}),
        "dpmpp_2m": ("DPMSolverMultistepScheduler", {"solver_order": 2}),
        "dpmpp_2m_sde": (
            "DPMSolverMultistepScheduler",
            {"solver_order": 2, "algorithm_type": "sde-dpmsolver++"},
        ),
        "dpmpp_3m": ("DPMSolverMultistepScheduler", {"solver_order": 3}),
        "dpmpp_sde": ("DPMSolverSDEScheduler", {"noise_sampler_seed": 0}),
        "unipc": ("UniPCMultistepScheduler", {"cpu_only": True}),
    }
    found = {name: (getattr(diffusers, kind), dict(more)) for name, (kind, more) in plain.items()}
    for name, (kind, more) in karras.items():
        for suffix, flag in (("", False), ("_k", True)):
            found[f"{name}{suffix}"] = (getattr(diffusers, kind), {**more, "use_karras_sigmas": flag})
    return found


SCHEDULER_MAP = _map()
"""Class and arguments by name."""
