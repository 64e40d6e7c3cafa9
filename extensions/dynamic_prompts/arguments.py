"""The script as listings show it: its title in every version, and its eighteen arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.plugin import Names, Script, ScriptArgument

TITLE = "Dynamic Prompts v2.17.1"
OTHER_TITLES = r"dynamic prompts( v[\w.+-]+)?"
"""Clients send the title with the version that they were written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicArguments:
    """The arguments by name, in the order in which clients send them."""

    is_enabled: bool = True
    is_combinatorial: bool = False
    combinatorial_batches: float = 1
    is_magic_prompt: bool = False
    is_feeling_lucky: bool = False
    is_attention_grabber: bool = False
    min_attention: float = 1.1
    max_attention: float = 1.5
    magic_prompt_length: float = 100
    magic_temp_value: float = 0.7
    use_fixed_seed: bool = False
    unlink_seed_from_prompt: bool = False
    disable_negative_prompt: bool = True
    enable_jinja_templates: bool = False
    no_image_generation: bool = False
    max_generations: float = 0
    magic_model: str = ""
    magic_blocklist_regex: str = ""


ARGUMENTS: tuple[ScriptArgument, ...] = (
    ScriptArgument(label="Dynamic Prompts enabled", value=True),
    ScriptArgument(label="Combinatorial generation", value=False),
    ScriptArgument(label="Combinatorial batches", value=1, minimum=1, maximum=10, step=1),
    ScriptArgument(label="Magic prompt", value=False),
    ScriptArgument(label="I'm feeling lucky", value=False),
    ScriptArgument(label="Attention grabber", value=False),
    ScriptArgument(label="Minimum attention", value=1.1, minimum=-1, maximum=2, step=0.1),
    ScriptArgument(label="Maximum attention", value=1.5, minimum=-1, maximum=2, step=0.1),
    ScriptArgument(label="Max magic prompt length", value=100, minimum=30, maximum=300, step=10),
    ScriptArgument(label="Magic prompt creativity", value=0.7, minimum=0.1, maximum=3.0, step=0.1),
    ScriptArgument(label="Fixed seed", value=False),
    ScriptArgument(label="Unlink seed from prompt", value=False),
    ScriptArgument(label="Don't apply to negative prompts", value=True),
    ScriptArgument(label="Enable Jinja2 templates", value=False),
    ScriptArgument(label="Don't generate images", value=False),
    ScriptArgument(
        label="Max generations (0 = all combinations - the batch count value is ignored)",
        value=0,
        minimum=0,
        maximum=1000,
        step=1,
    ),
    ScriptArgument(label="Magic prompt model", value=""),
    ScriptArgument(label="Magic prompt blocklist regex", value=""),
)
COUNT_PLACE = 15
"""Index of ``max_generations`` among the arguments."""


def _arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    return ARGUMENTS


SCRIPT = Script(title=TITLE, always_on=True, order=410, arguments=_arguments, other_titles=OTHER_TITLES)


def read_arguments(values: Sequence[Any]) -> DynamicArguments:
    """Read arguments by their places; those that are left out have their defaults."""
    names = DynamicArguments.__dataclass_fields__
    return DynamicArguments(**dict(zip(names, values, strict=False)))
