"""Read the ``.yaml`` beside a checkpoint: the facts that its tensors can't tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from pipelines.contract.errors import CorruptFile
from pipelines.families.base import PredictionType
from pipelines.families.sd.betas import BetaSchedule


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """What a yaml says; None where it is silent. ``heads`` 0 means 64 channels per head."""

    path: Path
    prediction_type: PredictionType | None = None
    betas: BetaSchedule | None = None
    latent_scale: float | None = None
    heads: int | None = None


def config_beside(checkpoint: Path, fallback: Path | None = None) -> ModelConfig | None:
    """The config of a checkpoint: its ``.yaml``, else ``fallback``, else None."""
    own = checkpoint.with_suffix(".yaml")
    path = own if own.is_file() else fallback
    return None if path is None else read_config(path)


def read_config(path: Path) -> ModelConfig:
    """Read a config in the layout of the original repositories; raises CorruptFile naming the file."""
    try:
        document: object = yaml.safe_load(path.read_text(encoding="utf-8"))
        params = _section(document, "model", "params")
        return ModelConfig(
            path=path,
            prediction_type=_prediction_type(params),
            betas=_betas(params),
            latent_scale=_optional_float(params.get("scale_factor")),
            heads=_heads(params),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError) as error:
        raise CorruptFile(f"{path.name} is not a usable model configuration: {error}") from error


def _section(document: object, *keys: str) -> Mapping[str, Any]:
    """The mapping below ``keys``; empty where the way there is missing."""
    for key in keys:
        document = cast("dict[str, object]", document).get(key) if isinstance(document, dict) else None
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def _prediction_type(params: Mapping[str, Any]) -> PredictionType | None:
    named = params.get("parameterization")
    if named in ("v", "eps"):
        return "v_prediction" if named == "v" else "epsilon"
    scaling = _section(params, "denoiser_config", "params", "scaling_config").get("target")
    if isinstance(scaling, str):
        kind = scaling.rpartition(".")[2]
        return "v_prediction" if kind.startswith("V") else "epsilon"
    return None


def _betas(params: Mapping[str, Any]) -> BetaSchedule | None:
    known = ("beta_schedule", "linear_start", "linear_end", "cosine_s", "timesteps", "given_betas")
    given = {key: params[key] for key in known if params.get(key) is not None}
    if not given.keys() & {"beta_schedule", "linear_start", "linear_end", "given_betas"}:
        return None
    convert: dict[str, Callable[[Any], Any]] = {
        "beta_schedule": str,
        "timesteps": int,
        "given_betas": _floats,
    }
    # The original's own defaults, which differ from the values that its configs state.
    values: dict[str, Any] = {"linear_start": 1e-4, "linear_end": 2e-2}
    values |= {key: convert.get(key, float)(value) for key, value in given.items()}
    return BetaSchedule(**values)


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _heads(params: Mapping[str, Any]) -> int | None:
    unet = _section(params, "unet_config", "params") or _section(params, "network_config", "params")
    heads = unet.get("num_heads")
    if isinstance(heads, int) and heads > 0:
        return heads
    return 0 if unet.get("num_head_channels") == 64 else None


def _optional_float(value: Any) -> float | None:
    return None if value is None else float(value)
