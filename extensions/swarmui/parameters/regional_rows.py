"""Rows of the table: places of a prompt, and parts of a picture that are drawn again."""

from __future__ import annotations

from extensions.swarmui.models.choices import CHECKPOINTS
from extensions.swarmui.parameters.groups import REGIONAL
from extensions.swarmui.parameters.parameter import Parameter

ROWS = (
    Parameter(
        name="Global Region Factor",
        kind="decimal",
        about="How much the whole prompt counts in regions: 1 is it alone, 0 the regions' own alone.",
        default="0.5",
        low=0,
        high=1,
        step=0.05,
        group=REGIONAL,
        view="slider",
        toggleable=True,
        priority=-5,
    ),
    Parameter(
        name="Segment Model",
        kind="model",
        about="The checkpoint that draws segments again; that of the picture if not given.",
        subtype=CHECKPOINTS,
        group=REGIONAL,
        toggleable=True,
        priority=2,
    ),
    Parameter(
        name="Regional Object Inpainting Model",
        kind="model",
        about="The checkpoint that draws objects again; that of the picture if not given.",
        subtype=CHECKPOINTS,
        group=REGIONAL,
        toggleable=True,
        priority=3,
    ),
    Parameter(
        name="Segment Mask Blur",
        kind="integer",
        about="How far the mask of a segment is blurred, in pixels.",
        default="10",
        low=0,
        high=64,
        group=REGIONAL,
        toggleable=True,
        examples=("0", "4", "8", "16"),
        priority=4,
    ),
    Parameter(
        name="Segment Mask Grow",
        kind="integer",
        about="How far the mask of a segment grows to each side, in pixels.",
        default="16",
        low=0,
        high=512,
        group=REGIONAL,
        toggleable=True,
        examples=("0", "4", "8", "16", "32"),
        priority=5,
    ),
    Parameter(
        name="Segment Mask Oversize",
        kind="integer",
        about="How much of the picture around the mask is looked at while a segment is drawn, in pixels.",
        default="16",
        low=0,
        high=512,
        group=REGIONAL,
        toggleable=True,
        examples=("0", "8", "32"),
        priority=5.5,
    ),
)
