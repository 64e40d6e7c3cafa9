"""Cancelling and progress, for nodes that take long."""

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
    """The state of a denoising after a step. With ``order`` 2, two calls of the network make one step."""

    step: int
    order: int
    total_steps: int
    timestep: int
    latents: Tensor
    predicted_original: Tensor | None = None


def percentage_of(state: PipelineIntermediateState) -> float:
    """Return the share of the steps that is done; 0 if there are none."""
    if not state.total_steps:
        return 0.0
    if state.order == 2:
        return (state.step // 2) / (state.total_steps // 2) if state.total_steps // 2 else 0.0
    return state.step / state.total_steps


class StepsTold:
    """Reports steps of denoising, with pictures made of their latents.

    Raises CanceledException, and ValueError for a family without such pictures.
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
        """Report a step at once."""
        self.begin(state)
        self.finish()

    def begin(self, state: PipelineIntermediateState) -> None:
        """Start the copy of a step's picture from the device.

        The step is reported when the next one begins, or by ``finish``: so a GPU isn't waited for.
        """
        require_going(self._services)
        latents = state.latents if state.predicted_original is None else state.predicted_original
        begun = latent_previews(latents[:1], self._family), min(percentage_of(state), 1.0)
        self.finish()
        self._begun = begun

    def finish(self) -> None:
        """Report the step that was begun, if there is one."""
        if self._begun is None:
            return
        (previews, share), self._begun = self._begun, None
        picture = previews.images()[0]
        size, cell = picture.size, self._family.latents.cell
        picture.thumbnail((max(size[0] // cell, 64), max(size[1] // cell, 64)))
        signal(self._services, self._data, "Denoising", share, picture, size)


class UtilInterface(InvocationContextInterface):
    """Checks for cancelling, and reports of progress."""

    def is_canceled(self) -> bool:
        """True if the session was cancelled."""
        return self._services.work.control.cancelled

    def sd_step_callback(
        self, intermediate_state: PipelineIntermediateState, base_model: BaseModelType
    ) -> None:
        """Report a step of denoising, with a picture made of the latents.

        Raises CanceledException, and ValueError for a family without such pictures.
        """
        StepsTold(self._services, self._data, base_model).tell(intermediate_state)

    def flux_step_callback(self, intermediate_state: PipelineIntermediateState) -> None:
        """Report a step of denoising with FLUX.1."""
        self.sd_step_callback(intermediate_state, BaseModelType.Flux)

    def flux2_step_callback(self, intermediate_state: PipelineIntermediateState) -> None:
        """Report a step of denoising with FLUX.2."""
        self.sd_step_callback(intermediate_state, BaseModelType.Flux2)

    def signal_progress(
        self,
        message: str,
        percentage: float | None = None,
        image: Image | None = None,
        image_size: tuple[int, int] | None = None,
    ) -> None:
        """Report the node's progress, as ``progress.signal`` does. Raises CanceledException."""
        signal(self._services, self._data, message, percentage, image, image_size)
