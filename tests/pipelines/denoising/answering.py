"""A network of one number per row, so that what a denoiser makes of it can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import torch
from torch import Tensor

from pipelines.denoising.denoiser import Predictor
from pipelines.denoising.model_call import ModelCall, Rows
from pipelines.denoising.work import Work, WorkStep
from pipelines.families.patches import NO_PATCHES
from pipelines.text.encoding.assemble import StepConditioning

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel

T = TypeVar("T")
X = torch.full((1, 1, 1, 1), 100.0)


@dataclass(slots=True, eq=False)
class NumberNetwork:
    """Predicts the first number of a row's context, plus what stands in further input channels."""

    conditioning: str = "none"
    asked: list[int] = field(default_factory=list[int])
    patched: list[object] = field(default_factory=list[object])
    hooked: list[bool] = field(default_factory=list[bool])

    def apply(self, patches: object) -> tuple[str, ...]:
        self.patched.append(patches)
        return ()

    def predict(
        self,
        x: Tensor,
        timesteps: Tensor,
        context: Tensor,
        vector: Tensor | None = None,
        residuals: object = None,
        *,
        hooked: bool = False,
    ) -> Tensor:
        self.asked.append(len(x))
        self.hooked.append(hooked)
        own = context[:, 0, 0].reshape(-1, 1, 1, 1) + x[:, 1:].sum(dim=1, keepdim=True)
        return own if vector is None else own + vector.reshape(-1, 1, 1, 1)

    @property
    def model(self) -> LoadedModel:
        """Itself, as a model."""
        return cast("LoadedModel", self)


class PlainScaling:
    """Inputs and outputs of the network are as they are; a predicted picture is the output plus one."""

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        return x, sigma * 10

    def interpret(self, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
        return output

    def predicted_x0(self, x: Tensor, sigma: Tensor, prediction: Tensor) -> Tensor:
        return prediction + 1


@dataclass(frozen=True, slots=True)
class SamePrompts:
    """The same conditioning at every call."""

    conditioning: StepConditioning

    def at(self, call: int, /) -> StepConditioning:
        return self.conditioning


def rows_of(values: Sequence[float], tokens: int = 1) -> Tensor:
    """Contexts (rows, tokens, 1) of these numbers."""
    return torch.tensor(values).reshape(-1, 1, 1).expand(-1, tokens, 1).clone()


def conditioned(
    cond: Sequence[float],
    uncond: Sequence[float],
    parts: tuple[tuple[tuple[int, float], ...], ...] | None = None,
    tokens: tuple[int, int] = (1, 1),
) -> StepConditioning:
    """Conditioning with one part of weight 1 per picture, unless ``parts`` are given."""
    return StepConditioning(
        context=rows_of(cond, tokens[0]),
        vector=None,
        parts=parts or tuple(((row, 1.0),) for row in range(len(cond))),
        negative_context=rows_of(uncond, tokens[1]),
        negative_vector=None,
    )


def predictor(conditioning: StepConditioning, network: NumberNetwork | None = None) -> Predictor:
    """A predictor of numbers."""
    return Predictor(
        model=(network or NumberNetwork()).model,
        patches=NO_PATCHES,
        prompts=SamePrompts(conditioning),
        scaling=PlainScaling(),
    )


def answered(work: Work[T], calls: list[ModelCall] | None = None) -> T:
    """Run work to its result, each call answered by its own network; ``calls`` collects them."""
    go_on: Callable[[], WorkStep] = partial(next, work)
    try:
        while True:
            call = go_on()
            assert isinstance(call, ModelCall)
            if calls is not None:
                calls.append(call)
            output = call.model.predict(call.x, call.timesteps, call.context, call.vector)
            go_on = partial(work.send, output)
    except StopIteration as finished:
        value: T = finished.value
        return value


def a_call(network: NumberNetwork, value: float = 0.0, **changes: Any) -> ModelCall:
    """A call of one row that asks for ``value``."""
    rows = Rows(is_cond=(True,), image=(0,), call=0, sigma=1.0, timestep=10.0, fraction=0.0)
    call = ModelCall(
        model=network.model,
        patches=NO_PATCHES,
        x=X,
        timesteps=torch.tensor([10.0]),
        context=rows_of([value]),
        rows=rows,
    )
    return replace(call, **changes)
