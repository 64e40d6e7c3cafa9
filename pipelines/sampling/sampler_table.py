"""Names, aliases and flags of every sampler and scheduler, as plain data without torch.

``SAMPLER_INFOS`` is in the order that clients see; its first row stands in for unknown names. Rows that
A1111 hasn't come last, are chosen by their names, and are not listed to its clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

Family = Literal["sigma", "timestep"]
Levels = Literal["own", "distilled", "edm"]
"""The checkpoint's, the 50 of them that consistency models are distilled on, or those of EDM."""
CHURN = frozenset({"s_churn", "s_tmin", "s_tmax", "s_noise"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerInfo:
    """One sampler. ``scheduler`` is the internal name that Automatic stands for, or None.

    ``takes`` names the arguments (eta, s_churn, ...) that a request may set. ``uses_ensd`` matters
    to the infotext only. ``second_order`` doubles the model calls that prompt schedules plan for.
    ``tells_late``: A1111 counts a step after its last model call, not after its first.
    ``renoises``: adds noise though it takes no eta. ``remembers``: a step uses what former steps found.
    ``listed``: A1111 has it too. ``run``: ``module:function`` of the generator function,
    below ``pipelines.sampling.samplers`` if the module's name has no dot, and the function named like its
    module if there is none. ``guided``: it is sent ``GuidedEps`` in place of a tensor.
    """

    name: str
    run: str
    aliases: tuple[str, ...]
    family: Family = "sigma"
    scheduler: str | None = None
    second_order: bool = False
    discard_penultimate: bool = False
    brownian: bool = False
    uses_ensd: bool = False
    tells_late: bool = False
    solver_type: str | None = None
    takes: frozenset[str] = frozenset()
    renoises: bool = False
    remembers: bool = False
    listed: bool = True
    guided: bool = False

    @property
    def fits_flow(self) -> bool:
        """True if it works with a flow model: it runs on noise levels and adds no fresh noise."""
        return self.family == "sigma" and "eta" not in self.takes and not self.renoises

    def api_options(self) -> dict[str, str]:
        """The ``options`` object of ``GET /sdapi/v1/samplers``: every value is a string."""
        values: dict[str, str | bool | None] = {
            "scheduler": self.scheduler,
            "discard_next_to_last_sigma": self.discard_penultimate,
            "uses_ensd": self.uses_ensd,
            "second_order": self.second_order,
            "brownian_noise": self.brownian,
            "solver_type": self.solver_type,
        }
        return {key: str(value) for key, value in values.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerInfo:
    """One scheduler. ``default_rho`` is -1 where rho has no meaning.

    ``levels``: on which noise levels it is, in place of the checkpoint's own. ``listed``: A1111 has it too.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    default_rho: float = -1.0
    need_inner_model: bool = False
    levels: Levels = "own"
    listed: bool = True


_ROWS = (
    SamplerInfo(name="DPM++ 2M", run="dpmpp_2m", aliases=("k_dpmpp_2m",), scheduler="karras", remembers=True),
    SamplerInfo(
        name="DPM++ SDE",
        run="dpmpp_sde",
        aliases=("k_dpmpp_sde",),
        scheduler="karras",
        second_order=True,
        brownian=True,
        takes=frozenset({"eta", "s_noise"}),
    ),
    SamplerInfo(
        name="DPM++ 2M SDE",
        run="dpmpp_2m_sde",
        aliases=("k_dpmpp_2m_sde",),
        scheduler="exponential",
        brownian=True,
        remembers=True,
        takes=frozenset({"eta", "s_noise"}),
    ),
    SamplerInfo(
        name="DPM++ 2M SDE Heun",
        run="dpmpp_2m_sde",
        aliases=("k_dpmpp_2m_sde_heun",),
        scheduler="exponential",
        brownian=True,
        solver_type="heun",
        remembers=True,
        takes=frozenset({"eta", "s_noise"}),
    ),
    SamplerInfo(
        name="DPM++ 2S a",
        run="dpmpp_2s_ancestral",
        aliases=("k_dpmpp_2s_a",),
        scheduler="karras",
        second_order=True,
        uses_ensd=True,
        takes=frozenset({"eta", "s_noise"}),
    ),
    SamplerInfo(
        name="DPM++ 3M SDE",
        run="dpmpp_3m_sde",
        aliases=("k_dpmpp_3m_sde",),
        scheduler="exponential",
        discard_penultimate=True,
        brownian=True,
        remembers=True,
        takes=frozenset({"eta", "s_noise"}),
    ),
    SamplerInfo(
        name="Euler a",
        run="euler_ancestral",
        aliases=("k_euler_a", "k_euler_ancestral"),
        uses_ensd=True,
        takes=frozenset({"eta"}),
    ),
    SamplerInfo(name="Euler", run="euler", aliases=("k_euler",), takes=CHURN),
    SamplerInfo(name="LMS", run="lms", aliases=("k_lms",), remembers=True),
    SamplerInfo(name="Heun", run="heun", aliases=("k_heun",), second_order=True, takes=CHURN),
    SamplerInfo(
        name="DPM2",
        run="dpm_2",
        aliases=("k_dpm_2",),
        scheduler="karras",
        second_order=True,
        discard_penultimate=True,
        takes=CHURN,
    ),
    SamplerInfo(
        name="DPM2 a",
        run="dpm_2_ancestral",
        aliases=("k_dpm_2_a",),
        scheduler="karras",
        second_order=True,
        discard_penultimate=True,
        uses_ensd=True,
        takes=frozenset({"eta", "s_noise"}),
    ),
    SamplerInfo(
        name="DPM fast",
        run="dpm_fast",
        aliases=("k_dpm_fast",),
        uses_ensd=True,
        takes=frozenset({"eta", "s_noise"}),
    ),
    SamplerInfo(
        name="DPM adaptive",
        run="dpm_adaptive",
        aliases=("k_dpm_ad",),
        uses_ensd=True,
        tells_late=True,
        takes=frozenset({"eta"}),
    ),
    SamplerInfo(
        name="Restart",
        run="restart",
        aliases=("restart",),
        scheduler="karras",
        second_order=True,
        renoises=True,
    ),
    SamplerInfo(name="DDIM", run="ddim", aliases=("ddim",), family="timestep", takes=frozenset({"eta"})),
    SamplerInfo(
        name="DDIM CFG++",
        run="ddim:ddim_cfgpp",
        guided=True,
        aliases=("ddim_cfgpp",),
        family="timestep",
        takes=frozenset({"eta"}),
    ),
    SamplerInfo(name="PLMS", run="plms", aliases=("plms",), family="timestep", remembers=True),
    SamplerInfo(name="UniPC", run="unipc", aliases=("unipc",), family="timestep", remembers=True),
    SamplerInfo(name="LCM", run="lcm", aliases=("k_lcm",), renoises=True),
    SamplerInfo(name="TCD", run="tcd", aliases=("tcd",), renoises=True, listed=False),
)

SAMPLER_INFOS: dict[str, SamplerInfo] = {row.name: row for row in _ROWS}


def register_sampler(*rows: SamplerInfo) -> None:
    """Add samplers behind A1111's own; the same row twice is one. Raises ValueError for a taken name."""
    for row in rows:
        if SAMPLER_INFOS.setdefault(row.name, row) != row:
            raise ValueError(f"there is a sampler {row.name} already")


def load_samplers(package: str) -> None:
    """Register the rows ``SAMPLERS`` of a package's module ``samplers``, if it has one."""
    if find_spec(f"{package}.samplers") is not None:
        register_sampler(*import_module(f"{package}.samplers").SAMPLERS)


AUTOMATIC = SchedulerInfo(name="automatic", label="Automatic")

_SCHEDULES = (
    AUTOMATIC,
    SchedulerInfo(name="uniform", label="Uniform", need_inner_model=True),
    SchedulerInfo(name="karras", label="Karras", default_rho=7.0),
    SchedulerInfo(name="exponential", label="Exponential"),
    SchedulerInfo(name="polyexponential", label="Polyexponential", default_rho=1.0),
    SchedulerInfo(name="sgm_uniform", label="SGM Uniform", aliases=("SGMUniform",), need_inner_model=True),
    SchedulerInfo(name="kl_optimal", label="KL Optimal"),
    SchedulerInfo(name="align_your_steps", label="Align Your Steps"),
    SchedulerInfo(name="simple", label="Simple", need_inner_model=True),
    SchedulerInfo(name="normal", label="Normal", need_inner_model=True),
    SchedulerInfo(name="ddim", label="DDIM", need_inner_model=True),
    SchedulerInfo(name="beta", label="Beta", need_inner_model=True),
    SchedulerInfo(name="turbo", label="Turbo", listed=False),
    SchedulerInfo(name="sgm_uniform_lcm", label="SGM Uniform LCM", levels="distilled", listed=False),
    SchedulerInfo(name="karras_edm", label="Karras EDM", default_rho=7.0, levels="edm", listed=False),
)

SCHEDULER_INFOS: dict[str, SchedulerInfo] = {row.name: row for row in _SCHEDULES}


def listed_samplers() -> tuple[SamplerInfo, ...]:
    """Return the samplers in A1111's lists: its own, and those of extensions."""
    return tuple(row for row in SAMPLER_INFOS.values() if row.listed)


def listed_schedules() -> tuple[SchedulerInfo, ...]:
    """Return the schedulers in A1111's lists."""
    return tuple(row for row in SCHEDULER_INFOS.values() if row.listed)
