"""For nodes that take long: whether the session was cancelled, and how to tell progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from extensions.invokeai.context.interface import InvocationContextInterface
from extensions.invokeai.context.progress import require_going, signal
from extensions.invokeai.vocabulary.families import BASES
from extensions.invokeai.vocabulary.models import BaseModelType
from pipelines.plugin import latent_previews

if TYPE_CHECKING:
    from PIL.Image import Image

    from extensions.invokeai.context.parts import InvocationContextData, InvocationServices
    from pipelines.plugin import LatentPreviews


@dataclass
class PipelineIntermediateState:
    """Where denoising is. ``order`` 2: two calls of the network make one step."""

    step: int
    order: int
    total_steps: int
    timestep: int
    latents: Tensor
    predicted_original: Tensor | None = None


def percentage_of(state: PipelineIntermediateState) -> float:
    """The share that is done."""
    if not state.total_steps:
        return 0.0
    if state.order == 2:
        return (state.step // 2) / (state.total_steps // 2) if state.total_steps // 2 else 0.0
    return state.step / state.total_steps


class StepsTold:
    """Tells of steps of denoising with pictures made of their latents. Raises CanceledException.

    Raises ValueError for a family without such pictures.
    """

    def __init__(
        self, services: InvocationServices, data: InvocationContextData, base_model: BaseModelType
    ) -> None:
        self._services, self._data = services, data
        base = BaseModelType(base_model)
        families = services.work.services.residency.families
        family = next((family for family in families if BASES.get(family.name) is base), None)
        if family is None:
            raise ValueError(f"latents of {base_model} can't be shown")
        self._family = family
        self._begun: tuple[LatentPreviews, float] | None = None

    def tell(self, state: PipelineIntermediateState) -> None:
        """At once."""
        self.begin(state)
        self.finish()

    def begin(self, state: PipelineIntermediateState) -> None:
        """Once its picture has come from the device: when the next step begins, or with ``finish``."""
        require_going(self._services)
        latents = state.latents if state.predicted_original is None else state.predicted_original
        begun = latent_previews(latents[:1], self._family), min(percentage_of(state), 1.0)
        self.finish()
        self._begun = begun

    def finish(self) -> None:
        """Tell what has begun."""
        if self._begun is None:
            return
        (previews, share), self._begun = self._begun, None
        picture = previews.images()[0]
        size, cell = picture.size, self._family.latents.cell
        picture.thumbnail((max(size[0] // cell, 64), max(size[1] // cell, 64)))
        signal(self._services, self._data, "Denoising", share, picture, size)


class UtilInterface(InvocationContextInterface):
    """Cancelling and progress."""

    def is_canceled(self) -> bool:
        """Whether the session was cancelled."""
        return self._services.work.control.cancelled

    def sd_step_callback(
        self, intermediate_state: PipelineIntermediateState, base_model: BaseModelType
    ) -> None:
        """Tell of a step of denoising, with a picture made of the latents.

        Raises CanceledException, and ValueError for a family without such pictures.
        """
        StepsTold(self._services, self._data, base_model).tell(intermediate_state)

    def flux_step_callback(self, intermediate_state: PipelineIntermediateState) -> None:
        """Tell of a step of denoising with FLUX."""
        self.sd_step_callback(intermediate_state, BaseModelType.Flux)

    def flux2_step_callback(self, intermediate_state: PipelineIntermediateState) -> None:
        """Tell of a step of denoising with FLUX.2."""
        self.sd_step_callback(intermediate_state, BaseModelType.Flux2)

    def signal_progress(
        self,
        message: str,
        percentage: float | None = None,
        image: Image | None = None,
        image_size: tuple[int, int] | None = None,
    ) -> None:
        """Tell how far the node is.

        ``percentage`` in 0..1, None where it isn't known. ``image`` is shown at ``image_size``, by itself at
        its own. Raises CanceledException.
        """
        signal(self._services, self._data, message, percentage, image, image_size)
