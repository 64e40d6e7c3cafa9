"""diffusers' schedulers by the names that nodes offer."""

from __future__ import annotations

from inspect import signature
from typing import get_args

from extensions.invokeai.drawing.diffusers_schedulers import SCHEDULER_MAP
from extensions.invokeai.vocabulary.nodes import SCHEDULER_NAME_VALUES


def test_every_name_but_one_leads_to_a_class() -> None:
    # diffusers has no ER-SDE
    assert set(get_args(SCHEDULER_NAME_VALUES)) - set(SCHEDULER_MAP) == {"er_sde"}


def test_names_end_with_k_for_karras_levels() -> None:
    for name, (kind, values) in SCHEDULER_MAP.items():
        if name.endswith("_k"):
            plain, others = SCHEDULER_MAP[name.removesuffix("_k")]
            assert (plain, others) == (kind, {**values, "use_karras_sigmas": False})
            assert values["use_karras_sigmas"] is True


def test_each_class_takes_its_values() -> None:
    for kind, values in SCHEDULER_MAP.values():
        taken = set(signature(kind).parameters)
        # InvokeAI's own mark of UniPC
        assert set(values) - taken <= {"cpu_only"}
