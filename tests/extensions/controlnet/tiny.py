"""Small models with random weights for control networks to work beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch import nn

from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.unit import Unit
from pipelines.denoising.model_call import ModelCall, Rows
from pipelines.families.base import ImageConditioning
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES
from pipelines.families.precision import FULL
from pipelines.families.sd.sd1 import SD1
from pipelines.families.sd.sdxl import SDXL
from pipelines.families.sd.unet import build_unet
from pipelines.families.sd.unet_layout import UNetLayout
from pipelines.sampling.model_noise import VpNoise

ModuleT = TypeVar("ModuleT", bound=nn.Module)
SD1_DEPTHS = ((1, 1), (1, 1), (1, 1), ())
SDXL_DEPTHS = ((), (1, 1), (2, 2))
SD1_WIDTHS, SDXL_WIDTHS = (32, 32, 64, 64), (32, 64, 64)
CONTEXT, SDXL_CONTEXT, VECTOR = 48, 64, 256


def layout(*, sdxl: bool) -> UNetLayout:
    """SD 1.x or SDXL with few channels."""
    depths = SDXL_DEPTHS if sdxl else SD1_DEPTHS
    return UNetLayout(
        in_channels=4,
        out_channels=4,
        widths=SDXL_WIDTHS if sdxl else SD1_WIDTHS,
        blocks_per_level=2,
        down_depths=depths,
        up_depths=tuple(level and (*level, level[0]) for level in reversed(depths)),
        mid_depth=2 if sdxl else 1,
        context_width=SDXL_CONTEXT if sdxl else CONTEXT,
        linear_projection=sdxl,
        vector_width=VECTOR if sdxl else None,
    )


def randomised(module: ModuleT, seed: int = 0) -> ModuleT:
    """On the CPU, with weights large enough that every layer matters."""
    generator = torch.Generator().manual_seed(seed)
    module.to_empty(device="cpu")
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0.02, 0.1, generator=generator)
    return module.eval().requires_grad_(False)


def tiny_model(*, sdxl: bool = False) -> LoadedModel:
    """A model that consists of a UNet."""
    family = SDXL if sdxl else SD1
    return LoadedModel(
        path=Path("tiny.safetensors"),
        name="tiny",
        family=family,
        conditioning=cast("ImageConditioning", "none"),
        context_width=SDXL_CONTEXT if sdxl else CONTEXT,
        backbone=randomised(build_unet(layout(sdxl=sdxl), heads=family.heads), seed=1),
        codec=cast("Any", None),
        text_encoders=(),
        noise=VpNoise(alphas_cumprod=torch.linspace(0.999, 0.005, 1000)),
        precision=FULL,
        device=torch.device("cpu"),
    )


def tiny_call(model: LoadedModel, *, rows: tuple[bool, ...] = (True, False), size: int = 8) -> ModelCall:
    """A model call with random content, a row for each of ``rows`` (whether it carries the prompt)."""
    generator = torch.Generator().manual_seed(7)
    width = model.unet.config["projection_class_embeddings_input_dim"]

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(len(rows), *shape, generator=generator)

    return ModelCall(
        model=model,
        patches=NO_PATCHES,
        x=noise(4, size, size),
        timesteps=torch.full((len(rows),), 431.0),
        context=noise(77, model.context_width),
        vector=None if width is None else noise(int(width)),
        rows=Rows(is_cond=rows, image=(0,) * len(rows), call=0, sigma=3.0, timestep=431.0, fraction=0.0),
    )


def tiny_unit(module: str = "none", *, size: int = 64, **values: Any) -> PreparedUnit:
    """A unit whose map is noise."""
    known = find_preprocessor(module)
    assert known is not None
    given: dict[str, Any] = {"field": "args.0", "preprocessor": known, "module": module, **values}
    picture = np.random.default_rng(3).integers(0, 256, (size, size, 3), np.uint8)
    return PreparedUnit(unit=Unit(**given), file=None, kind=None, source=picture, base=picture)
