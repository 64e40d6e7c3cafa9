"""Nodes of families that don't run here refuse to, and the control network is handed on."""

from __future__ import annotations

from typing import Any, cast

import pytest

from extensions.invokeai.context.context import InvocationContext
from extensions.invokeai.nodes.stand_ins import (
    FluxControlNetInvocation,
    FluxDenoiseInvocation,
    FluxModelLoaderInvocation,
    FluxReduxInvocation,
    FluxTextEncoderInvocation,
    Sd3ModelLoaderInvocation,
)
from tests.extensions.invokeai.graphs import model

NOTHING = cast("InvocationContext", None)
NODES: list[Any] = [
    FluxDenoiseInvocation,
    FluxModelLoaderInvocation,
    FluxReduxInvocation,
    FluxTextEncoderInvocation,
    Sd3ModelLoaderInvocation,
]


@pytest.mark.parametrize("kind", NODES)
def test_running_one_names_it(kind: Any) -> None:
    with pytest.raises(NotImplementedError, match=f"{kind.__name__}: graphs of this family don't run here"):
        kind.model_construct().invoke(NOTHING)


def test_a_control_network_of_flux_is_handed_on() -> None:
    named = model("c", "controlnet", "flux")
    node = FluxControlNetInvocation.model_validate(
        {"image": {"image_name": "a.png"}, "control_model": named, "control_weight": 0.5}
    )
    control = node.invoke(NOTHING).control
    assert (control.control_model.name, control.control_weight, control.image.image_name) == (
        "c",
        0.5,
        "a.png",
    )
