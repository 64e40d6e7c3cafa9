"""Control in a call: residuals summed, placed and limited to rows; attention and corrections appended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from extensions.controlnet.control.injection.inject import (
    ControlHook,
    cond_rows,
    placed,
    prompt_rows,
    shares_at,
)
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.spellings import ControlMode, HiresOption
from pipelines.denoising.model_call import ModelCall
from pipelines.plugin import AttentionHook
from tests.extensions.controlnet import tiny

MODEL = tiny.tiny_model()
CALL = tiny.tiny_call(MODEL, rows=(True, False, True))
CPU = torch.device("cpu")


class Network:
    """Two residuals of one value."""

    def __init__(self, value: float, *, pooled: bool = False) -> None:
        self.value = value
        self.contexts: list[Tensor] = []
        self.globally_pooled = pooled

    def __call__(
        self, x: Tensor, hint: Tensor, timesteps: Tensor, context: Tensor, vector: Tensor | None
    ) -> list[Tensor]:
        self.contexts.append(context)
        return [torch.full((len(x), 1, 4, 4), self.value), torch.full((len(x), 1, 2, 2), self.value)]


class Mark:
    """Stands for an attention hook or a correction."""

    def __enter__(self) -> object:
        return self

    def __exit__(self, *error: object) -> None:
        return None


def refused(call: ModelCall, units: object) -> AttentionHook:
    raise AssertionError("nothing refers")


def hook(units: list[PreparedUnit], step: int = 0, **values: Any) -> ControlHook:
    given: dict[str, Any] = {
        "hires": False,
        "progress": lambda: (step, 10),
        "network": lambda unit: Network(1.0),
        "refer": refused,
        "patch": lambda call, unit: Mark(),
        **values,
    }
    return ControlHook(units=units, **given)


def test_rows_of_the_prompt_are_told_apart() -> None:
    assert prompt_rows(CALL, CPU).flatten().tolist() == [True, False, True]
    unit = tiny.tiny_unit(control_mode=ControlMode.CONTROL)
    rows = cond_rows(unit, CALL)
    assert rows is not None and rows.flatten().tolist() == [1.0, 0.0, 1.0]
    for mode in (ControlMode.BALANCED, ControlMode.PROMPT):
        other = tiny.tiny_unit(control_mode=mode)
        assert cond_rows(other, CALL) is None
        assert cond_rows(other, CALL, pooled=True) is not None


def test_shares_are_those_of_the_calls_timestep() -> None:
    signal, rest = shares_at(CALL)
    assert signal.shape == rest.shape == ()
    assert float(signal**2 + rest**2) == pytest.approx(1.0)
    alphas = torch.linspace(0.999, 0.005, 1000)
    assert float(signal) == pytest.approx(float(alphas[431].sqrt()))


def test_a_region_is_stretched_over_an_output() -> None:
    region = torch.ones(1, 1, 8, 8)
    region[..., 4:] = 0
    made = placed(torch.full((2, 3, 4, 4), 2.0), region, None)
    assert (made[..., :2] == 2).all() and (made[..., 2:] == 0).all()


def test_a_pooled_output_is_the_mean_of_its_region() -> None:
    region = torch.zeros(1, 1, 4, 4)
    region[..., :1] = 1
    made = placed(torch.full((1, 1, 4, 4), 8.0), region, None, pooled=True)
    assert made.shape == (1, 1, 1, 1) and float(made) == 2.0


def test_residuals_of_units_add_up_and_the_middle_is_the_last() -> None:
    networks = {"a": Network(1.0), "b": Network(10.0)}
    units = [tiny.tiny_unit(field=field, weight=weight) for field, weight in (("a", 1.0), ("b", 0.5))]
    made = hook(units, network=lambda unit: networks[unit.unit.field])(CALL).residuals
    assert made is not None
    assert [float(one.mean()) for one in made.skips] == [6.0]
    assert made.middle.shape == (3, 1, 2, 2) and float(made.middle.mean()) == 6.0


def test_a_network_reads_the_units_own_context() -> None:
    network, context = Network(1.0), torch.zeros(3, 5, 7)
    hook([tiny.tiny_unit()], network=lambda unit: network, context=lambda unit, call: context)(CALL)
    assert network.contexts == [context]


def test_units_outside_of_their_window_or_pass_leave_the_call() -> None:
    late, high = tiny.tiny_unit(guidance_start=0.5), tiny.tiny_unit(hr_option=HiresOption.HIGH)
    assert hook([late, high])(CALL) is CALL
    assert hook([late], step=5)(CALL).residuals is not None
    assert hook([high], hires=True)(CALL).residuals is not None


def test_corrections_act_at_every_step() -> None:
    mark: Any = object()
    assert hook([], corrections=(mark,))(CALL).outputs == (*CALL.outputs, mark)


def test_patches_come_before_references() -> None:
    first, second = Mark(), Mark()
    unit = tiny.tiny_unit("reference_only")
    made = hook(
        [],
        patched=[tiny.tiny_unit(), tiny.tiny_unit(guidance_start=0.9)],
        patch=lambda call, unit: first,
        references=[unit],
        refer=lambda call, units: second if list(units) == [unit] else Mark(),
    )(CALL)
    assert made.attention == (*CALL.attention, first, second)


def test_pictures_are_encoded_before_an_inpainting_checkpoint_sees_one() -> None:
    order: list[str] = []
    early, late = tiny.tiny_unit("reference_only"), tiny.tiny_unit("reference_only", guidance_start=0.5)
    colours = tiny.tiny_unit("tile_colorfix", guidance_start=0.5)

    def repainting(call: ModelCall) -> ModelCall:
        order.append("repaint")
        return replace(call)

    hook(
        [],
        references=[early, late],
        refer=lambda call, units: Mark(),
        latents=[
            (early, lambda: order.append("early")),
            (late, lambda: order.append("late")),
            (colours, lambda: order.append("colours")),
        ],
        repainting=repainting,
    )(CALL)
    # a reference that doesn't act yet is not encoded, a correction acts always
    assert order == ["early", "colours", "repaint"]
