"""The plan of a generation, made once before anything is loaded: texts, seeds, sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.contract.hires_size import HiresSize, hires_size
from pipelines.contract.requests import GenerationRequest
from pipelines.generation.texts import Texts, expand_seeds, expand_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Texts, seeds and sizes of a whole generation.

    ``seeds`` and ``subseeds``: one per picture. ``width`` x ``height``: pixels of the first pass.
    ``hires``: sizes of the second pass, None without one. ``timestamp``: when the job began, for file names.
    """

    request: GenerationRequest
    texts: Texts
    seeds: tuple[int, ...]
    subseeds: tuple[int, ...]
    width: int
    height: int
    hires: HiresSize | None
    timestamp: str

    @property
    def passes(self) -> int:
        """Sampling passes of each batch."""
        return 1 if self.hires is None else 2

    def batch(self, index: int) -> slice:
        """Return the slice of the job's pictures that batch ``index`` makes."""
        size = self.request.batch_size
        return slice(index * size, (index + 1) * size)


def plan_generation(request: GenerationRequest) -> Plan:
    """Plan a request. Raises InvalidRequest for sizes of hires fix that can't be."""
    hires: HiresSize | None = None
    width, height = request.width, request.height
    if request.hires is not None:
        old = request.options.use_old_hires_fix_width_height
        hires = hires_size(width, height, request.hires, old_sizes=old)
        width, height = hires.width, hires.height
    seeds, subseeds = expand_seeds(request)
    return Plan(
        request=request,
        texts=expand_texts(request),
        seeds=seeds,
        subseeds=subseeds,
        width=width,
        height=height,
        hires=hires,
        timestamp=datetime.now().strftime("%Y%m%d%H%M%S"),
    )
