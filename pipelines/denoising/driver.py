"""Connect a sampler to a denoiser; progress, interrupt and skip live here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from torch import Tensor

from pipelines.contract.control import JobControl
from pipelines.contract.errors import Cancelled
from pipelines.denoising.work import Work
from pipelines.sampling.step import GuidedEps, SamplerRun


class Denoiser(Protocol):
    """Turns (x, sigma) into what the sampler wants; ``preview`` is the picture of its latest prediction."""

    @property
    def preview(self) -> Tensor | None: ...

    def __call__(self, x: Tensor, sigma: Tensor | float, /) -> Work[Tensor | GuidedEps]: ...


def drive(
    run: SamplerRun, denoiser: Denoiser, control: JobControl, on_step: Callable[[int], None]
) -> Work[Tensor]:
    """Run a sampler to its end and return its last x.

    ``on_step`` is called with the sampler's step number before each evaluation. When the job is interrupted
    or skipped the sampler is closed and the latest predicted picture is returned, as in A1111.
    Raises Cancelled.
    """
    try:
        wanted = next(run)
        while True:
            if control.cancelled:
                run.close()
                raise Cancelled("the job was cancelled")
            if control.stop_requested():
                run.close()
                return wanted.x if denoiser.preview is None else denoiser.preview
            on_step(wanted.step)
            denoised = yield from denoiser(wanted.x, wanted.sigma)
            # a sampler that wants the unconditional direction too is sent both (GuidedEps)
            wanted = run.send(cast("Tensor", denoised))
    except StopIteration as finished:
        result: Tensor = finished.value
        return result
