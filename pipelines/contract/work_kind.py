"""One kind of work as a row: its request, result and generator, and all else that differs between kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, TypeAlias

from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult

ToldForm: TypeAlias = Literal["plain", "links", "text"]
"""The form of a published field: as JSON has it; the addresses of saved files; JSON once more, as a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldField:
    """The field ``of`` a result as clients see it; ``name`` is the field's own unless given."""

    of: str
    name: str = ""
    form: ToldForm = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkKind:
    """One kind of work.

    ``run``: ``module:function`` of the generator that carries it out; engines import it when it is first
    asked for. ``label``: the word of a request in the store, in job ids and in metrics; ``labels`` are all
    that there are. Both are ``name`` unless given. ``checkpoint``: the file that a request needs, empty if
    none. ``batch_group``: a text that is equal for requests that may share a device, empty for what runs
    alone, as every request does unless given. ``in_folder``: the request with what it saves in a folder of
    its own; None where it saves nothing. ``told``: the fields of the result, in order; all of them, as they
    are, unless given. ``upkeep``: every engine does it, it is no client's job, it makes nothing to show, and
    it is forgotten at a restart. ``frees``: it lets models go, so it runs before what waits, and keeps none
    loaded. ``parts``: further dataclasses that its request and result are made of.
    """

    name: str
    request: type[EngineRequest]
    result: type[EngineResult]
    run: str
    label: Callable[[Any], str] | None = None
    labels: tuple[str, ...] = ()
    checkpoint: Callable[[Any], str] | None = None
    batch_group: Callable[[Any], str] | None = None
    in_folder: Callable[[Any, str], EngineRequest] | None = None
    told: tuple[ToldField, ...] | None = None
    upkeep: bool = False
    frees: bool = False
    parts: tuple[type, ...] = ()

    def label_of(self, request: EngineRequest) -> str:
        """Return the word for a request of this kind, in the store, job ids and metrics."""
        return self.name if self.label is None else self.label(request)

    def is_labelled(self, label: str) -> bool:
        """True if requests of this kind may have this word."""
        return label in (self.labels or (self.name,))

    def checkpoint_of(self, request: EngineRequest) -> str:
        """Return the checkpoint file that a request needs; empty if none."""
        return "" if self.checkpoint is None else self.checkpoint(request)

    def group_of(self, request: EngineRequest) -> str:
        """Return a text equal for requests that may share a device; empty for a request that runs alone."""
        return "" if self.batch_group is None else self.batch_group(request)

    def runner(self) -> Callable[..., Any]:
        """Import the generator function. Raises ImportError or AttributeError for a row that names none."""
        module, _, function = self.run.partition(":")
        return getattr(import_module(module), function)
