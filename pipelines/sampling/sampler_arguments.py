"""Arguments of a sampler from request and options, and their pairs in the infotext."""

from __future__ import annotations

from math import inf
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn
from pipelines.sampling.sampler_table import SamplerInfo

Pairs = tuple[tuple[str, Any], ...]

_UNIPC_VARIANTS = ("bh1", "bh2", "vary_coeff")
_UNIPC_SKIP_TYPES = ("time_uniform", "time_quadratic", "logSNR")
_NEUTRAL = {"s_churn": 0.0, "s_tmin": 0.0, "s_tmax": inf, "s_noise": 1.0}
_LABELS = {
    "s_churn": "Sigma churn",
    "s_tmin": "Sigma tmin",
    "s_tmax": "Sigma tmax",
    "s_noise": "Sigma noise",
}


def stochastic_arguments(
    info: SamplerInfo, churn: Churn, options: GenerationOptions
) -> tuple[dict[str, float], Pairs]:
    """Return those of eta and s_* that the sampler takes, and their infotext pairs.

    An option that isn't neutral beats the request, and only then is it written; eta is the other way
    round: the request beats the option, and whatever isn't the usual value is written.
    """
    arguments: dict[str, float] = {}
    pairs: list[tuple[str, Any]] = []
    if "eta" in info.takes:
        timestep = info.family == "timestep"
        default = options.eta_ddim if timestep else options.eta_ancestral
        eta = default if churn.eta is None else churn.eta
        arguments["eta"] = eta
        if eta != (0.0 if timestep else 1.0):
            pairs.append(("Eta DDIM" if timestep else "Eta", eta))
    for name, neutral in _NEUTRAL.items():
        if name not in info.takes:
            continue
        option = _sigma_value(name, getattr(options, name))
        requested = getattr(churn, name)
        if option != neutral:
            arguments[name] = option
            pairs.append((_LABELS[name], option))
        else:
            arguments[name] = neutral if requested is None else _sigma_value(name, requested)
    return arguments, tuple(pairs)


def unipc_arguments(options: GenerationOptions, steps: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    """UniPC's own options, and a warning where its order had to be lowered to ``steps``."""
    _check("uni_pc_variant", options.uni_pc_variant, _UNIPC_VARIANTS)
    _check("uni_pc_skip_type", options.uni_pc_skip_type, _UNIPC_SKIP_TYPES)
    order = max(1, min(options.uni_pc_order, steps))
    lowered = order < options.uni_pc_order
    warnings = (f"uni_pc_order was lowered to {order}, the number of steps",) if lowered else ()
    arguments: dict[str, Any] = {
        "order": order,
        "variant": options.uni_pc_variant,
        "skip_type": options.uni_pc_skip_type,
        "lower_order_final": options.uni_pc_lower_order_final,
    }
    return arguments, warnings


def _sigma_value(name: str, value: float) -> float:
    return inf if name == "s_tmax" and not value else value


def _check(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise InvalidRequest(
            f"{field} must be one of {', '.join(known)}, not {value!r}", field=f"options.{field}"
        )
