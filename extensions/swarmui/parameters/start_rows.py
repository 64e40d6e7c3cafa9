"""Rows of the table: the picture to start from, its mask, the second pass, ControlNet."""

from __future__ import annotations

from collections.abc import Iterator

from extensions.swarmui.models.choices import CHECKPOINTS, CONTROLNETS
from extensions.swarmui.models.samplers import ENLARGERS, MODEL, PLAIN
from extensions.swarmui.parameters.groups import CONTROLS, INIT_IMAGE, REFINE, ParameterGroup
from extensions.swarmui.parameters.parameter import Parameter

NO_MODEL = "(None)"
BASE = "(Use Base)"

INIT_ROWS = (
    Parameter(
        name="Init Image", kind="image", about="The picture to start from.", group=INIT_IMAGE, priority=-5
    ),
    Parameter(
        name="Init Image Creativity",
        kind="decimal",
        about="How much of it is drawn anew: 1, or not given, is all of it.",
        default="0.6",
        low=0,
        high=1,
        step=0.05,
        group=INIT_IMAGE,
        view="slider",
        priority=-4.5,
    ),
    Parameter(
        name="Mask Image",
        kind="image",
        about="Where it is repainted: where this is white.",
        group=INIT_IMAGE,
        priority=-4,
    ),
    Parameter(
        name="Mask Shrink Grow",
        kind="integer",
        about="Repaint only what the mask covers, at full size, with so many pixels around it.",
        default="8",
        low=0,
        high=512,
        group=INIT_IMAGE,
        toggleable=True,
        priority=-3.7,
    ),
    Parameter(
        name="Mask Blur",
        kind="integer",
        about="Pixels by which the mask's edge is blurred.",
        default="4",
        low=0,
        high=64,
        group=INIT_IMAGE,
        ignore="0",
        view="slider",
        priority=-3.6,
    ),
    Parameter(
        name="Mask Grow",
        kind="integer",
        about="Pixels by which the mask grows on all sides.",
        default="0",
        low=0,
        high=256,
        group=INIT_IMAGE,
        ignore="0",
        advanced=True,
        priority=-3.5,
    ),
    Parameter(
        name="Mask Behavior",
        kind="dropdown",
        about="Whether a grey mask repaints by and by, or mixes.",
        default="Differential",
        values=("Differential", "Simple Latent"),
        group=INIT_IMAGE,
        toggleable=True,
        advanced=True,
        priority=-3.5,
    ),
    Parameter(
        name="Init Image Recomposite Mask",
        kind="boolean",
        about="Lay what the mask spares of the picture over the result.",
        default="true",
        group=INIT_IMAGE,
        ignore="true",
        advanced=True,
        priority=-3.4,
    ),
)

REFINE_ROWS = (
    Parameter(
        name="Refiner Model",
        kind="model",
        about="The checkpoint of the second pass.",
        default=BASE,
        subtype=CHECKPOINTS,
        group=REFINE,
        flag="refiners",
        ignore=BASE,
        priority=-5,
    ),
    Parameter(
        name="Refiner Control Percentage",
        kind="decimal",
        about="The share of the steps that the second pass draws.",
        default="0.2",
        low=0,
        high=1,
        step=0.05,
        group=REFINE,
        flag="refiners",
        view="slider",
        priority=-4,
    ),
    Parameter(
        name="Refiner Steps",
        kind="integer",
        about="Steps that this share is of; those of the first pass if not given.",
        default="40",
        low=1,
        high=200,
        view_high=100,
        group=REFINE,
        view="slider",
        toggleable=True,
        advanced=True,
        priority=-3.5,
    ),
    Parameter(
        name="Refiner Method",
        kind="dropdown",
        about="PostApply draws over the finished picture, StepSwap over one that ended early; "
        "StepSwapNoisy changes the model on the way.",
        default="PostApply",
        values=("PostApply", "StepSwap", "StepSwapNoisy"),
        group=REFINE,
        flag="refiners",
        advanced=True,
        priority=-3,
    ),
    Parameter(
        name="Refiner Upscale",
        kind="decimal",
        about="By how much the picture is enlarged before the second pass.",
        default="1",
        low=0.25,
        high=8,
        view_high=4,
        step=0.25,
        group=REFINE,
        flag="refiners",
        view="slider",
        ignore="1",
        priority=-2,
    ),
    Parameter(
        name="Refiner Upscale Method",
        kind="dropdown",
        about="How it is enlarged: as pixels, as latents, or by an upscaler.",
        default="pixel-lanczos",
        values=lambda found: (
            *ENLARGERS,
            *(f"{MODEL}{name}" for name in found.upscalers if name not in PLAIN),
        ),
        group=REFINE,
        flag="comfyui",
        priority=-1,
    ),
    Parameter(
        name="Refiner Sampler",
        kind="dropdown",
        about="The sampler of the second pass; that of the first if not given.",
        default="euler",
        values=lambda found: found.samplers,
        group=REFINE,
        flag="comfyui",
        toggleable=True,
        advanced=True,
        priority=2.9,
    ),
    Parameter(
        name="Refiner Scheduler",
        kind="dropdown",
        about="The scheduler of the second pass; that of the first if not given.",
        default="normal",
        values=lambda found: found.schedulers,
        group=REFINE,
        flag="comfyui",
        toggleable=True,
        advanced=True,
        priority=3,
    ),
)


def _control_rows(group: ParameterGroup) -> Iterator[Parameter]:
    """The rows of one ControlNet."""
    name = group.name
    yield Parameter(
        name=f"{name} Image Input",
        kind="image",
        about="What it goes by; the init image if not given.",
        group=group,
        flag="controlnet",
        toggleable=True,
        priority=1,
    )
    yield Parameter(
        name=f"{name} Preprocessor",
        kind="dropdown",
        about="What makes a map of this picture; None takes it as a map.",
        default="None",
        values=lambda found: ("None", *(p for p in found.preprocessors if p.lower() != "none")),
        group=group,
        flag="controlnet",
        toggleable=True,
        priority=3,
    )
    yield Parameter(
        name=f"{name} Model",
        kind="model",
        about="The ControlNet.",
        default=NO_MODEL,
        subtype=CONTROLNETS,
        group=group,
        flag="controlnet",
        ignore=NO_MODEL,
        priority=5,
    )
    yield Parameter(
        name=f"{name} Strength",
        kind="decimal",
        about="How much it counts.",
        default="1",
        low=0,
        high=2,
        step=0.05,
        group=group,
        flag="controlnet",
        view="slider",
        priority=8,
    )
    yield from (_control_end(group, end, default) for end, default in (("Start", "0"), ("End", "1")))


def _control_end(group: ParameterGroup, end: str, default: str) -> Parameter:
    """The row for the share of the steps at which a ControlNet starts or ends."""
    return Parameter(
        name=f"{group.name} {end}",
        kind="decimal",
        about=f"The share of the steps at which it {end.lower()}s.",
        default=default,
        low=0,
        high=1,
        step=0.05,
        group=group,
        flag="controlnet",
        view="slider",
        ignore=default,
        advanced=True,
        priority=10 if end == "Start" else 11,
    )


CONTROL_ROWS = tuple(row for group in CONTROLS for row in _control_rows(group))
ROWS = (*INIT_ROWS, *REFINE_ROWS, *CONTROL_ROWS)
