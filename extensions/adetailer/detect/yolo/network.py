"""YOLOv8 (Jocher et al. 2023) and YOLO11 (2024) as one network: a list of layers and where each reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from extensions.adetailer.detect.yolo.head import LEVELS, DetectHead, YoloAnswer
from extensions.adetailer.detect.yolo.layers import (
    AttentionStage,
    ConvUnit,
    PoolPyramid,
    Shapes,
    SplitStage,
    within,
)
from pipelines.plugin import UnsupportedModel

FIRST = re.compile(r"(.*\.)?model\.0\.conv\.weight")
UNUSED = (".num_batches_tracked", ".dfl.conv.weight", ".anchors", ".strides")
"""Tensors that are the same in every file, or are for training."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YoloPlan:
    """One generation of YOLO.

    ``joins``: layers without weights that put the last map beside an earlier one, by their numbers.
    ``doubles``: those before them that double the last map. ``adds_until``: the layer from which on
    residual pairs add nothing. ``reads``: the layers that the head reads.
    """

    name: str
    head: int
    joins: Mapping[int, int]
    doubles: frozenset[int]
    adds_until: int
    reads: tuple[int, int, int]


PLANS = (
    YoloPlan(
        name="YOLOv8",
        head=22,
        joins={11: 6, 14: 4, 17: 12, 20: 9},
        doubles=frozenset({10, 13}),
        adds_until=10,
        reads=(15, 18, 21),
    ),
    YoloPlan(
        name="YOLO11",
        head=23,
        joins={12: 6, 15: 4, 18: 13, 21: 10},
        doubles=frozenset({11, 14}),
        adds_until=23,
        reads=(16, 19, 22),
    ),
)


class YoloNetwork(nn.Module):
    """Layers by their numbers in the file; those without weights stand in the plan.

    ``classes``: the number of kinds of things; ``names``: their names by number, as far as the file has them.
    """

    def __init__(self, shapes: Shapes, plan: YoloPlan) -> None:
        super().__init__()
        self.plan = plan
        self.classes = shapes[f"model.{plan.head}.cv3.0.2.weight"][0]
        self.names: Mapping[int, str] = {}
        layers: dict[str, nn.Module] = {}
        for number in range(plan.head):
            if number not in plan.joins and number not in plan.doubles:
                layers[str(number)] = _layer(within(shapes, f"model.{number}"), number < plan.adds_until)
        layers[str(plan.head)] = DetectHead(within(shapes, f"model.{plan.head}"))
        self.model = nn.ModuleDict(layers)

    def forward(self, x: Tensor) -> YoloAnswer:
        """``x``: one picture (1, 3, h, w) RGB in 0..1, sides of whole cells of 32 pixels."""
        picture, maps = (x.shape[-2], x.shape[-1]), dict[int, Tensor]()
        for number in range(self.plan.head):
            if number in self.plan.doubles:
                x = F.interpolate(x, scale_factor=2.0, mode="nearest")
            elif number in self.plan.joins:
                x = torch.cat((x, maps[self.plan.joins[number]]), 1)
            else:
                x = self.model[str(number)](x)
            maps[number] = x
        return self.model[str(self.plan.head)]([maps[number] for number in self.plan.reads], picture)


def _layer(shapes: Shapes, adds: bool) -> nn.Module:
    """The layer that tensors of these names belong to."""
    if "conv.weight" in shapes:
        return ConvUnit(shapes, stride=2)
    if "m.0.attn.qkv.conv.weight" in shapes:
        return AttentionStage(shapes)
    if any(name.startswith("m.") for name in shapes):
        return SplitStage(shapes, adds=adds)
    return PoolPyramid(shapes)


def build_yolo(tensors: Mapping[str, Tensor], name: str) -> YoloNetwork:
    """The network of a file's tensors, filled, in fp32. Raises UnsupportedModel."""
    tensors = _named(tensors, name)
    shapes = {key: tuple(tensor.shape) for key, tensor in tensors.items()}
    plan = next((plan for plan in PLANS if _is_head(shapes, plan)), None)
    if plan is None:
        raise UnsupportedModel(f"{name} is no detector of the YOLOv8 or YOLO11 layout")
    try:
        network = YoloNetwork(shapes, plan)
        missing, surplus = network.load_state_dict(
            {key: tensor.float() for key, tensor in tensors.items()}, strict=False
        )
    except (KeyError, IndexError, ValueError, RuntimeError, TypeError) as error:
        raise UnsupportedModel(f"{name} is not laid out as {plan.name}: {error}"[:400]) from error
    odd = [*_counted(missing), *surplus]
    if odd:
        raise UnsupportedModel(f"{name} is not laid out as {plan.name}: {', '.join(odd[:3])}")
    return network.eval().requires_grad_(False)


def _named(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Tensors from ``model.0`` on, whatever stands before."""
    first = next((match for key in tensors if (match := FIRST.fullmatch(key))), None)
    if first is None:
        raise UnsupportedModel(f"{name} is no detector of the YOLOv8 or YOLO11 layout")
    prefix = first[1] or ""
    return {
        key.removeprefix(prefix): tensor
        for key, tensor in tensors.items()
        if key.startswith(prefix) and not key.endswith(UNUSED)
    }


def _counted(missing: Sequence[str]) -> list[str]:
    return [key for key in missing if not key.endswith(UNUSED)]


def _is_head(shapes: Shapes, plan: YoloPlan) -> bool:
    """True if three levels of boxes stand where the plan has its head."""
    return all(f"model.{plan.head}.cv2.{level}.2.weight" in shapes for level in range(LEVELS))
