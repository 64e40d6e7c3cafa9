"""Rows of the table: prompts, what is drawn, its size, how it is sampled."""

from __future__ import annotations

from extensions.swarmui.models.choices import CHECKPOINTS
from extensions.swarmui.parameters.groups import CORE, RESOLUTION, SAMPLING, VARIATION
from extensions.swarmui.parameters.parameter import Parameter

SIDES = {
    "1:1": (512, 512),
    "4:3": (576, 448),
    "3:2": (608, 416),
    "8:5": (608, 384),
    "16:9": (672, 384),
    "21:9": (768, 320),
    "3:4": (448, 576),
    "2:3": (416, 608),
    "5:8": (384, 608),
    "9:16": (384, 672),
    "9:21": (320, 768),
}
"""Width and height of an aspect ratio for a side of 512."""
CUSTOM = "Custom"
LARGEST_SEED = 2**63 - 1

PROMPTS = (
    Parameter(
        name="Prompt",
        kind="text",
        about="What the picture shows, with weights and tags.",
        view="prompt",
        priority=-100,
        hidden=True,
        examples=("a photo of a cat", "a red <random:circle,square> on a white background"),
    ),
    Parameter(
        name="Negative Prompt",
        kind="text",
        about="What it does not show.",
        view="prompt",
        priority=-90,
        hidden=True,
        ignore="",
        examples=("blurry", "text, frame"),
    ),
    Parameter(
        name="Model",
        kind="model",
        about="The checkpoint.",
        subtype=CHECKPOINTS,
        hidden=True,
    ),
)

CORE_ROWS = (
    Parameter(
        name="Images",
        kind="integer",
        about="How many pictures are made, one after another.",
        default="1",
        low=1,
        high=10000,
        group=CORE,
        ignore="1",
        priority=-50,
    ),
    Parameter(
        name="Seed",
        kind="integer",
        about="Where noise comes from; -1 is another each time.",
        default="-1",
        low=-1,
        high=LARGEST_SEED,
        group=CORE,
        view="seed",
        priority=-30,
    ),
    Parameter(
        name="Steps",
        kind="integer",
        about="Sampling steps.",
        default="20",
        low=1,
        high=500,
        view_high=100,
        group=CORE,
        view="slider",
        priority=-20,
    ),
    Parameter(
        name="CFG Scale",
        kind="decimal",
        about="How strictly the prompt is followed.",
        default="7",
        low=0,
        high=100,
        view_high=20,
        step=0.5,
        group=CORE,
        view="slider",
        priority=-18,
    ),
)

VARIATION_ROWS = (
    Parameter(
        name="Variation Seed",
        kind="integer",
        about="The seed of the noise that is mixed in; -1 is another each time.",
        default="-1",
        low=-1,
        high=2**32 - 1,
        group=VARIATION,
        flag="variation_seed",
        view="seed",
        advanced=True,
    ),
    Parameter(
        name="Variation Seed Strength",
        kind="decimal",
        about="How much of it: 0 is none, 1 is nothing else.",
        default="0",
        low=0,
        high=1,
        step=0.05,
        group=VARIATION,
        flag="variation_seed",
        view="slider",
        ignore="0",
        advanced=True,
    ),
)

RESOLUTION_ROWS = (
    Parameter(
        name="Aspect Ratio",
        kind="dropdown",
        about="Sets width and height, with Side Length. Width and Height hold where there is no side.",
        default="1:1",
        values=(*SIDES, CUSTOM),
        group=RESOLUTION,
    ),
    Parameter(
        name="Width",
        kind="integer",
        about="Pixels across.",
        default="512",
        low=64,
        high=16384,
        view_high=2048,
        step=32,
        group=RESOLUTION,
        view="pot_slider",
        priority=-11,
    ),
    Parameter(
        name="Height",
        kind="integer",
        about="Pixels down.",
        default="512",
        low=64,
        high=16384,
        view_high=2048,
        step=32,
        group=RESOLUTION,
        view="pot_slider",
        priority=-10,
    ),
    Parameter(
        name="Side Length",
        kind="integer",
        about="Side of a square of the area that the aspect ratio is fitted to.",
        default="1024",
        low=64,
        high=16384,
        view_high=4096,
        step=32,
        group=RESOLUTION,
        view="pot_slider",
        toggleable=True,
    ),
)

SAMPLING_ROWS = (
    Parameter(
        name="Sampler",
        kind="dropdown",
        about="How noise is taken away.",
        default="euler",
        values=lambda found: found.samplers,
        group=SAMPLING,
        flag="comfyui",
        toggleable=True,
        priority=-5,
    ),
    Parameter(
        name="Scheduler",
        kind="dropdown",
        about="How much of it at each step.",
        default="normal",
        values=lambda found: found.schedulers,
        group=SAMPLING,
        flag="comfyui",
        toggleable=True,
        priority=-4,
    ),
    Parameter(
        name="Seamless Tileable",
        kind="dropdown",
        about="Make a picture whose edges fit each other, on both axes or on one.",
        default="false",
        values=("false", "true", "X-Only", "Y-Only"),
        group=SAMPLING,
        flag="seamless",
        ignore="false",
        priority=10,
    ),
)

EARLY_ROWS = (
    Parameter(
        name="End Steps Early",
        kind="decimal",
        about="The share of the steps that are left out: what noise is left is taken away at once.",
        default="0",
        low=0,
        high=1,
        step=0.05,
        flag="endstepsearly",
        view="slider",
        toggleable=True,
        hidden=True,
    ),
)

ROWS = (*PROMPTS, *CORE_ROWS, *VARIATION_ROWS, *RESOLUTION_ROWS, *SAMPLING_ROWS, *EARLY_ROWS)
