"""The prediction type of a checkpoint's UNet: by the yaml beside it, by marks in the file, or by a test."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import torch

from pipelines.catalog.safetensors_header import read_table
from pipelines.families.base import PredictionType
from pipelines.families.model import LoadedModel
from pipelines.families.sd.config import ModelConfig
from pipelines.families.sd.detect import Variant

V_MARK, ZERO_TERMINAL_MARK = "v_pred", "ztsnr"
"""Empty tensors that v-prediction files of the SDXL line carry (NoobAI-XL and its merges)."""
METADATA_KEY = "modelspec.prediction_type"
_WORDS: dict[str, PredictionType] = {
    "v": "v_prediction",
    "v_pred": "v_prediction",
    "vpred": "v_prediction",
    "v_prediction": "v_prediction",
    "velocity": "v_prediction",
    "eps": "epsilon",
    "epsilon": "epsilon",
}
PUBLISHED_SD2_WIDTH = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The marks of a file's prediction type, None for no mark.

    ``source`` names the marks in words; empty where they change nothing.
    """

    prediction: PredictionType | None = None
    zero_terminal: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The decision on a checkpoint. ``kind`` is None where only a test of the loaded UNet can decide."""

    kind: PredictionType | None
    zero_terminal: bool = False
    warnings: tuple[str, ...] = ()


def read_marks(path: Path, tensors: Collection[str]) -> Marks:
    """Read the marks of a file; marker tensors count before the metadata of a safetensors file."""
    zero_terminal = ZERO_TERMINAL_MARK in tensors
    marks = [f"tensor {name}" for name in (V_MARK, ZERO_TERMINAL_MARK) if name in tensors]
    if V_MARK in tensors:
        return Marks(prediction="v_prediction", zero_terminal=zero_terminal, source=", ".join(marks))
    stated = _metadata(path)
    prediction = _WORDS.get(stated.strip().lower().replace("-", "_").replace(" ", "_"))
    told = [f"metadata {METADATA_KEY}"] if prediction == "v_prediction" else []
    return Marks(prediction=prediction, zero_terminal=zero_terminal, source=", ".join([*told, *marks]))


def decide_prediction(
    marks: Marks, variant: Variant, config: ModelConfig | None, checkpoint: Path
) -> Prediction:
    """Decide by the yaml beside a checkpoint, then by marks in the file, then by a common yaml.

    A yaml that contradicts the marks overrules all of them, with a warning. SD2 without marks or yaml is
    tested.
    """
    stated = None if config is None else config.prediction_type
    beside = config is not None and config.path == checkpoint.with_suffix(".yaml")
    if beside and stated is not None and marks.prediction not in (None, stated):
        return Prediction(kind=stated, warnings=_overruled(marks, stated, checkpoint))
    kind: PredictionType | None = marks.prediction or stated or "epsilon"
    if variant.v_test and config is None and not marks.source:
        kind = None
    told = _told(marks, kind, checkpoint) if marks.source else ()
    return Prediction(kind=kind, zero_terminal=marks.zero_terminal, warnings=told)


def predicts_velocity(model: LoadedModel) -> bool:
    """True if a model of the SD2 family predicts v, by its output at the last timestep.

    At the published width A1111's test decides: on a constant input a v-model's output is well below it.
    The output of narrow models is too weak for that: there, an epsilon-model returns the noise, a v-model
    does not.
    """
    context = torch.full((1, 2, model.context_width), 0.5)
    time = torch.tensor([999])
    if model.context_width == PUBLISHED_SD2_WIDTH:
        constant = torch.full((1, model.in_channels, 8, 8), 0.5)
        output = model.predict(constant, time, context).float().cpu()
        return bool((output - constant).mean() < -1)
    noise = torch.randn((1, model.in_channels, 16, 16), generator=torch.Generator().manual_seed(0))
    output = model.predict(noise, time, context).float().cpu()
    return bool((output * noise).mean() < 0.5 * (noise * noise).mean())


def _metadata(path: Path) -> str:
    if path.suffix.lower() != ".safetensors":
        return ""
    metadata: object = read_table(path)[0].get("__metadata__")
    value: object = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value if isinstance(value, str) else ""


def _told(marks: Marks, kind: PredictionType | None, checkpoint: Path) -> tuple[str, ...]:
    words = "v-prediction" if kind == "v_prediction" else "epsilon-prediction"
    rescaled = " with zero-terminal SNR" if marks.zero_terminal else ""
    return (f"{checkpoint.name} was taken for a {words} model{rescaled}, as its file says: {marks.source}",)


def _overruled(marks: Marks, stated: PredictionType, checkpoint: Path) -> tuple[str, ...]:
    if not marks.source:
        return ()
    words = stated.replace("_", "-")
    return (f"{checkpoint.stem}.yaml says {words}, so {marks.source} of {checkpoint.name} did not count",)
