"""Names, aliases and listed options of samplers and schedulers, in A1111's order; pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerEntry:
    """One row of ``GET /sdapi/v1/samplers``; ``options`` values are listed as text."""

    name: str
    aliases: tuple[str, ...]
    options: Mapping[str, str | bool] = field(default_factory=dict[str, str | bool])

    @property
    def default_scheduler(self) -> str | None:
        """Name of the scheduler that ``Automatic`` stands for, if the sampler has its own."""
        value = self.options.get("scheduler")
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerEntry:
    """One row of ``GET /sdapi/v1/schedulers``; ``default_rho`` -1 means that rho has no effect."""

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    default_rho: float = -1.0
    need_inner_model: bool = False


def _sampler(name: str, *aliases: str, **options: str | bool) -> SamplerEntry:
    return SamplerEntry(name=name, aliases=aliases, options=options)


SAMPLER_TABLE: tuple[SamplerEntry, ...] = (
    _sampler("DPM++ 2M", "k_dpmpp_2m", scheduler="karras"),
    _sampler("DPM++ SDE", "k_dpmpp_sde", scheduler="karras", second_order=True, brownian_noise=True),
    _sampler("DPM++ 2M SDE", "k_dpmpp_2m_sde", scheduler="exponential", brownian_noise=True),
    _sampler(
        "DPM++ 2M SDE Heun",
        "k_dpmpp_2m_sde_heun",
        scheduler="exponential",
        brownian_noise=True,
        solver_type="heun",
    ),
    _sampler("DPM++ 2S a", "k_dpmpp_2s_a", scheduler="karras", uses_ensd=True, second_order=True),
    _sampler(
        "DPM++ 3M SDE",
        "k_dpmpp_3m_sde",
        scheduler="exponential",
        discard_next_to_last_sigma=True,
        brownian_noise=True,
    ),
    _sampler("Euler a", "k_euler_a", "k_euler_ancestral", uses_ensd=True),
    _sampler("Euler", "k_euler"),
    _sampler("LMS", "k_lms"),
    _sampler("Heun", "k_heun", second_order=True),
    _sampler("DPM2", "k_dpm_2", scheduler="karras", discard_next_to_last_sigma=True, second_order=True),
    _sampler(
        "DPM2 a",
        "k_dpm_2_a",
        scheduler="karras",
        discard_next_to_last_sigma=True,
        uses_ensd=True,
        second_order=True,
    ),
    _sampler("DPM fast", "k_dpm_fast", uses_ensd=True),
    _sampler("DPM adaptive", "k_dpm_ad", uses_ensd=True),
    _sampler("Restart", "restart", scheduler="karras", second_order=True),
    _sampler("DDIM", "ddim"),
    _sampler("DDIM CFG++", "ddim_cfgpp"),
    _sampler("PLMS", "plms"),
    _sampler("UniPC", "unipc"),
    _sampler("LCM", "k_lcm"),
)

SCHEDULER_TABLE: tuple[SchedulerEntry, ...] = (
    SchedulerEntry(name="automatic", label="Automatic"),
    SchedulerEntry(name="uniform", label="Uniform", need_inner_model=True),
    SchedulerEntry(name="karras", label="Karras", default_rho=7.0),
    SchedulerEntry(name="exponential", label="Exponential"),
    SchedulerEntry(name="polyexponential", label="Polyexponential", default_rho=1.0),
    SchedulerEntry(name="sgm_uniform", label="SGM Uniform", aliases=("SGMUniform",), need_inner_model=True),
    SchedulerEntry(name="kl_optimal", label="KL Optimal"),
    SchedulerEntry(name="align_your_steps", label="Align Your Steps"),
    SchedulerEntry(name="simple", label="Simple", need_inner_model=True),
    SchedulerEntry(name="normal", label="Normal", need_inner_model=True),
    SchedulerEntry(name="ddim", label="DDIM", need_inner_model=True),
    SchedulerEntry(name="beta", label="Beta", need_inner_model=True),
)
