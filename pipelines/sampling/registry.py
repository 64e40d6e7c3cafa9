"""Every sampler: its function beside its row of names and flags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pipelines.sampling.sampler_table import SAMPLER_INFOS, Family, SamplerInfo
from pipelines.sampling.samplers.ddim import ddim, ddim_cfgpp
from pipelines.sampling.samplers.dpm_2 import dpm_2
from pipelines.sampling.samplers.dpm_2_ancestral import dpm_2_ancestral
from pipelines.sampling.samplers.dpm_adaptive import dpm_adaptive
from pipelines.sampling.samplers.dpm_fast import dpm_fast
from pipelines.sampling.samplers.dpmpp_2m import dpmpp_2m
from pipelines.sampling.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from pipelines.sampling.samplers.dpmpp_2s_ancestral import dpmpp_2s_ancestral
from pipelines.sampling.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from pipelines.sampling.samplers.dpmpp_sde import dpmpp_sde
from pipelines.sampling.samplers.euler import euler
from pipelines.sampling.samplers.euler_ancestral import euler_ancestral
from pipelines.sampling.samplers.heun import heun
from pipelines.sampling.samplers.lcm import lcm
from pipelines.sampling.samplers.lms import lms
from pipelines.sampling.samplers.plms import plms
from pipelines.sampling.samplers.restart import restart
from pipelines.sampling.samplers.unipc import unipc


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """``run(x, sigmas or timesteps, noise, **kwargs)`` and what is known about it."""

    info: SamplerInfo
    run: Callable[..., Any]
    guided: bool = False
    """Is sent GuidedEps instead of a tensor."""

    @property
    def name(self) -> str:
        """Canonical name."""
        return self.info.name

    @property
    def family(self) -> Family:
        """Whether it works on noise levels or on timesteps."""
        return self.info.family


_RUNS: dict[str, Callable[..., Any]] = {
    "DPM++ 2M": dpmpp_2m,
    "DPM++ SDE": dpmpp_sde,
    "DPM++ 2M SDE": dpmpp_2m_sde,
    "DPM++ 2M SDE Heun": partial(dpmpp_2m_sde, solver_type="heun"),
    "DPM++ 2S a": dpmpp_2s_ancestral,
    "DPM++ 3M SDE": dpmpp_3m_sde,
    "Euler a": euler_ancestral,
    "Euler": euler,
    "LMS": lms,
    "Heun": heun,
    "DPM2": dpm_2,
    "DPM2 a": dpm_2_ancestral,
    "DPM fast": dpm_fast,
    "DPM adaptive": dpm_adaptive,
    "Restart": restart,
    "DDIM": ddim,
    "DDIM CFG++": ddim_cfgpp,
    "PLMS": plms,
    "UniPC": unipc,
    "LCM": lcm,
}

SAMPLERS: dict[str, Sampler] = {
    name: Sampler(info=info, run=_RUNS[name], guided=name == "DDIM CFG++")
    for name, info in SAMPLER_INFOS.items()
}
