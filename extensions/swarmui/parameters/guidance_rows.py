"""Rows of the table: pictures as prompts, FreeU, self-attention guidance."""

from __future__ import annotations

from extensions.swarmui.parameters.groups import ADVANCED, FREEU, IMAGE_PROMPTING
from extensions.swarmui.parameters.parameter import Parameter

NO_ADAPTER = "None"

IMAGE_PROMPT_ROWS = (
    Parameter(
        name="Prompt Images",
        kind="image_list",
        about="Pictures that an IP-Adapter reads, as base64 with | between.",
        hidden=True,
        toggleable=True,
        advanced=True,
    ),
    Parameter(
        name="Use IP-Adapter",
        kind="dropdown",
        about="The IP-Adapter, a file of the folder ControlNet, that reads Prompt Images as a prompt.",
        default=NO_ADAPTER,
        values=lambda found: (NO_ADAPTER, *found.adapters),
        group=IMAGE_PROMPTING,
        flag="ipadapter",
        ignore=NO_ADAPTER,
        priority=15,
    ),
    Parameter(
        name="IP-Adapter Weight",
        kind="decimal",
        about="How much the pictures count.",
        default="1",
        low=0,
        high=2,
        step=0.05,
        group=IMAGE_PROMPTING,
        flag="ipadapter",
        view="slider",
        priority=16,
    ),
    Parameter(
        name="IP-Adapter Start",
        kind="decimal",
        about="The share of the steps at which they begin to count.",
        default="0",
        low=0,
        high=1,
        step=0.05,
        group=IMAGE_PROMPTING,
        flag="ipadapter",
        view="slider",
        ignore="0",
        advanced=True,
        priority=17,
    ),
    Parameter(
        name="IP-Adapter End",
        kind="decimal",
        about="The share of the steps at which they cease to count.",
        default="1",
        low=0,
        high=1,
        step=0.05,
        group=IMAGE_PROMPTING,
        flag="ipadapter",
        view="slider",
        ignore="1",
        advanced=True,
        priority=18,
    ),
    Parameter(
        name="IP-Adapter Weight Type",
        kind="dropdown",
        about="How the weight is spread over the network.",
        default="standard",
        values=("standard",),
        group=IMAGE_PROMPTING,
        flag="ipadapter",
        advanced=True,
        priority=19,
    ),
)


def _factor(name: str, about: str, default: str, priority: float) -> Parameter:
    """One factor of FreeU."""
    return Parameter(
        name=f"FreeU {name}",
        kind="decimal",
        about=about,
        default=default,
        low=0,
        high=10,
        step=0.05,
        group=FREEU,
        flag="freeu",
        priority=priority,
    )


FREEU_ROWS = (
    Parameter(
        name="FreeU Apply To",
        kind="dropdown",
        about="The passes in which it acts.",
        default="Both",
        values=("Both", "Base", "Refiner"),
        group=FREEU,
        flag="freeu",
        priority=1,
    ),
    Parameter(
        name="FreeU Version",
        kind="dropdown",
        about="1 lets features grow everywhere, 2 where they are strong.",
        default="1",
        values=("1", "2"),
        group=FREEU,
        flag="freeu",
        priority=2,
    ),
    _factor("Block One", "What the features of the widest blocks are multiplied by.", "1.1", 3),
    _factor("Block Two", "The same of those half as wide.", "1.2", 4),
    _factor("Skip One", "What the coarse part of the widest blocks' skips is multiplied by.", "0.9", 5),
    _factor("Skip Two", "The same of those half as wide.", "0.2", 6),
)

ATTENTION_ROWS = (
    Parameter(
        name="Self-Attention Guidance Scale",
        kind="decimal",
        about="How far from what is blurred where the network looks; a step takes half as long again.",
        default="0.5",
        low=-2,
        high=5,
        step=0.1,
        group=ADVANCED,
        flag="comfyui",
        toggleable=True,
        advanced=True,
    ),
    Parameter(
        name="Self-Attention Guidance Sigma Blur",
        kind="decimal",
        about="How far it is blurred there, in latent cells.",
        default="2",
        low=0,
        high=10,
        step=0.25,
        group=ADVANCED,
        flag="comfyui",
        toggleable=True,
        advanced=True,
    ),
)

ROWS = (*IMAGE_PROMPT_ROWS, *FREEU_ROWS, *ATTENTION_ROWS)
