"""Adapters on edges: their span is in order, and weights are in range."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from extensions.invokeai.fields.adapter_values import (
    ControlField,
    FluxControlNetField,
    IPAdapterField,
    T2IAdapterField,
)
from tests.extensions.invokeai.graphs import model

IMAGE = {"image_name": "a.png"}
NAMED = model("c", "controlnet")
FIELDS: list[tuple[Any, dict[str, Any]]] = [
    (ControlField, {"control_model": NAMED}),
    (FluxControlNetField, {"control_model": NAMED}),
    (IPAdapterField, {"ip_adapter_model": NAMED}),
    (T2IAdapterField, {"t2i_adapter_model": NAMED}),
]


@pytest.mark.parametrize(("kind", "inputs"), FIELDS)
def test_a_span_is_in_order_and_may_be_a_point(kind: Any, inputs: dict[str, Any]) -> None:
    whole = kind(image=IMAGE, **inputs)
    assert (whole.begin_step_percent, whole.end_step_percent) == (0, 1)
    kind(image=IMAGE, begin_step_percent=0.5, end_step_percent=0.5, **inputs)
    with pytest.raises(ValidationError, match="begin_step_percent must not be above"):
        kind(image=IMAGE, begin_step_percent=0.6, end_step_percent=0.5, **inputs)
    for share in (-0.1, 1.1):
        with pytest.raises(ValidationError, match="end_step_percent"):
            kind(image=IMAGE, end_step_percent=share, **inputs)


@pytest.mark.parametrize("weight", [-1, 2, [-1.0, 0.5, 2.0], []])
def test_control_weights_are_taken(weight: Any) -> None:
    assert (
        ControlField.model_validate(
            {"image": IMAGE, "control_model": NAMED, "control_weight": weight}
        ).control_weight
        == weight
    )


@pytest.mark.parametrize("weight", [-1.1, 2.1, [0.5, 2.1]])
def test_control_weights_out_of_range_are_refused(weight: Any) -> None:
    with pytest.raises(ValidationError, match="between -1 and 2"):
        ControlField.model_validate({"image": IMAGE, "control_model": NAMED, "control_weight": weight})
