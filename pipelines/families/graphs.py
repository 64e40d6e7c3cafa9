"""Replays a backbone's kernels as one CUDA graph where calls of one shape come again and again.

A step of SD1.5 is about 2,000 launches, which a fast GPU waits for; a graph is one.
"""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import torch
from torch import Tensor

if TYPE_CHECKING:
    from pipelines.families.model import BackboneInputs

log = logging.getLogger(__name__)

AFTER = 4
"""Equal calls in a row of steps before their kernels are captured, which costs about three of them."""
AHEAD = 2
"""Replays that may be queued while the device is at another one, so that it never runs out of work."""
MOST = 4
"""Shapes whose graphs are kept of one model."""

Compute: TypeAlias = "Callable[[BackboneInputs], Tensor]"
Replay: TypeAlias = Callable[[], None]


class Capture(Protocol):
    """Records what the device does; CUDA's own, and a stand-in in tests."""

    def __call__(self, compute: Callable[[], Tensor], /) -> tuple[Replay, Tensor]:
        """Run ``compute`` and record it.

        Returns a function that does the same again with the same tensors, and the tensor of its result.
        Raises RuntimeError for kernels that can't be recorded.
        """
        ...

    def forget(self) -> None:
        """Let go of the memory of all recordings so far: none of them is replayed any more."""
        ...


class CudaCapture:
    """CUDA's graphs. Those of one model share their working memory, since they never run at once."""

    def __init__(self) -> None:
        self._pool: Any = None
        self._queued: deque[torch.cuda.Event] = deque()

    def __call__(self, compute: Callable[[], Tensor], /) -> tuple[Replay, Tensor]:
        """See ``Capture``. The first run is not recorded: libraries set themselves up in it."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            compute()
        torch.cuda.current_stream().wait_stream(side)
        self._pool = self._pool or torch.cuda.graph_pool_handle()
        graph = torch.cuda.CUDAGraph()
        # other threads of the engine query the device's memory meanwhile
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            output = compute()

        def replay() -> None:
            graph.replay()
            self._pace()

        return replay, output

    def _pace(self) -> None:
        """Let the host be ``AHEAD`` calls before the device: progress, previews and interrupts go by it."""
        done = torch.cuda.Event()
        done.record()
        self._queued.append(done)
        if len(self._queued) > AHEAD:
            self._queued.popleft().synchronize()

    def forget(self) -> None:
        """Have the next graph begin with memory of its own."""
        self._pool = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    """``replay`` computes ``output`` from ``inputs``, which stay where they are."""

    inputs: BackboneInputs
    output: Tensor
    replay: Replay


class Graphs:
    """The graphs of one model's backbone, for the weights and hooks that are on it: ``clear`` ends them.

    ``budget``: most bytes that the engine takes of the device, if bounded.
    """

    def __init__(
        self, device: torch.device, *, capture: Capture | None = None, budget: int | None = None
    ) -> None:
        self._device = device
        self._capture = capture or CudaCapture()
        self._budget = budget
        self._kept: OrderedDict[object, _Graph] = OrderedDict()
        self._seen: Counter[object] = Counter()
        self._refused = False

    def __len__(self) -> int:
        return len(self._kept)

    def call(self, inputs: BackboneInputs, compute: Compute) -> Tensor:
        """Return the result of ``compute``, by a graph after ``AFTER`` calls of that shape."""
        key = _shape_of(inputs)
        graph = self._kept.get(key) or self._record(key, inputs, compute)
        if graph is None:
            return compute(inputs)
        self._kept.move_to_end(key)
        for static, given in zip(_tensors(graph.inputs), _tensors(inputs), strict=True):
            static.copy_(given, non_blocking=True)
        graph.replay()
        return graph.output.clone()

    def clear(self) -> None:
        """Let every graph go, and count calls from the beginning."""
        self._kept.clear()
        self._seen.clear()
        self._capture.forget()

    def _record(self, key: object, inputs: BackboneInputs, compute: Compute) -> _Graph | None:
        self._seen[key] += 1
        if self._refused or self._seen[key] <= AFTER or not self._has_room():
            return None
        while len(self._kept) >= MOST:
            self._kept.popitem(last=False)
        static = _each(inputs, lambda tensor: tensor.to(self._device, copy=True))
        try:
            replay, output = self._capture(lambda: compute(static))
        except torch.OutOfMemoryError:
            self.clear()
            torch.cuda.empty_cache()
            return None
        except RuntimeError as error:
            log.warning("kernels are launched one by one: they can't be captured: %s", error)
            self._refused = True
            self.clear()
            return None
        self._kept[key] = _Graph(inputs=static, output=output, replay=replay)
        return self._kept[key]

    def _has_room(self) -> bool:
        """True if the working memory of calls fits twice, since a graph keeps its own."""
        reserved = torch.cuda.memory_reserved(self._device)
        worked = reserved - torch.cuda.memory_allocated(self._device)
        free, _ = torch.cuda.mem_get_info(self._device)
        return worked <= (free if self._budget is None else min(free, self._budget - reserved))


def _tensors(inputs: BackboneInputs) -> list[Tensor]:
    """Return every tensor of the inputs, always in the same order."""
    found: list[Tensor] = []

    def note(tensor: Tensor) -> Tensor:
        found.append(tensor)
        return tensor

    _each(inputs, note)
    return found


def _each(inputs: BackboneInputs, change: Callable[[Tensor], Tensor]) -> BackboneInputs:
    """Return the inputs with every tensor changed."""
    added = inputs.residuals
    if added is not None:
        added = replace(added, skips=tuple(map(change, added.skips)), middle=change(added.middle))
    return replace(
        inputs,
        x=change(inputs.x),
        timesteps=change(inputs.timesteps),
        context=change(inputs.context),
        vector=None if inputs.vector is None else change(inputs.vector),
        residuals=added,
    )


def _shape_of(inputs: BackboneInputs) -> object:
    """Return a key that is equal for inputs which the same kernels take."""
    kinds = tuple((tensor.shape, tensor.dtype) for tensor in _tensors(inputs))
    return inputs.vector is None, inputs.residuals is None, kinds
