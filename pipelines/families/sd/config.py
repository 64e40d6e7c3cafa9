"""Read the ``.yaml`` beside a checkpoint: the facts that its tensors don't show."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from pipelines.contract.errors import CorruptFile
from pipelines.families.base import PredictionType
from pipelines.families.sd.betas import BetaSchedule

MAX_BYTES = 64 << 10
MAX_STEPS = 100_000
HELP = "take the one published with the checkpoint, or delete it"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The facts in a yaml; None for one that it lacks. ``heads`` 0 means 64 channels per head."""

    path: Path
    prediction_type: PredictionType | None = None
    betas: BetaSchedule | None = None
    latent_scale: float | None = None
    heads: int | None = None


def config_beside(checkpoint: Path, fallback: Path | None = None) -> ModelConfig | None:
    """Read the config of a checkpoint: its ``.yaml``, else ``fallback``, else None."""
    own = checkpoint.with_suffix(".yaml")
    path = own if own.is_file() else fallback
    return None if path is None else read_config(path)


def read_config(path: Path) -> ModelConfig:
    """Read a config in the layout of the original repositories; raises CorruptFile naming the file."""
    try:
        document: object = _parse(path)
        params = _section(document, "model", "params")
        return ModelConfig(
            path=path,
            prediction_type=_prediction_type(params),
            betas=_betas(params),
            latent_scale=_scale(params.get("scale_factor")),
            heads=_heads(params),
        )
    except (OSError, yaml.YAMLError, TypeError, ValueError, OverflowError, RecursionError) as error:
        reason = "it is no YAML" if isinstance(error, yaml.YAMLError) else str(error).partition("\n")[0]
        raise CorruptFile(f"{path.name} is not a usable model configuration: {reason}; {HELP}") from error


class _PlainLoader(yaml.SafeLoader):
    """Refuses aliases, by which a short text can stand for an endless one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise ValueError("it has aliases in it")
        return super().compose_node(parent, index)


def _parse(path: Path) -> object:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES >> 10} KiB")
    return yaml.load(data.decode(), _PlainLoader)


def _section(document: object, *keys: str) -> Mapping[str, Any]:
    """Return the mapping below ``keys``; empty where one of them is missing."""
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
    # The original code's defaults, which differ from the values in its configs.
    values: dict[str, Any] = {"linear_start": 1e-4, "linear_end": 2e-2}
    values |= {key: convert.get(key, float)(value) for key, value in given.items()}
    if not 1 < values.get("timesteps", 1000) <= MAX_STEPS:
        raise ValueError(f"timesteps must be 2 to {MAX_STEPS}")
    return BetaSchedule(**values)


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _heads(params: Mapping[str, Any]) -> int | None:
    unet = _section(params, "unet_config", "params") or _section(params, "network_config", "params")
    heads = unet.get("num_heads")
    if isinstance(heads, int) and 0 < heads <= 256:
        return heads
    return 0 if unet.get("num_head_channels") == 64 else None


def _scale(value: Any) -> float | None:
    if value is None:
        return None
    scale = float(value)
    if not math.isfinite(scale) or scale == 0:
        raise ValueError("scale_factor is no number to divide by")
    return scale
