"""The declaration of a script file in ``scripts/``, and the search for such files; no torch."""

from __future__ import annotations

import importlib.util
import logging
import re
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from pipelines.contract.requests import GenerationRequest, Style
from pipelines.contract.results import GenerationResult
from pipelines.extending.extension_hooks import FAILURES

if TYPE_CHECKING:
    from pipelines.scripting.axis import Axis

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptArgument:
    """One positional argument, as ``GET /sdapi/v1/script-info`` lists it."""

    label: str = ""
    value: Any = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names that argument choices are made from; snapshots of the catalog."""

    samplers: tuple[str, ...] = ()
    schedulers: tuple[str, ...] = ()
    checkpoints: tuple[str, ...] = ()
    vaes: tuple[str, ...] = ()
    upscalers: tuple[str, ...] = ()
    latent_modes: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    axes: tuple[Axis, ...] = ()
    """Axes that extensions add to the X/Y/Z plot."""


class Lookup(Protocol):
    """Finds what script arguments name."""

    @property
    def names(self) -> Names: ...

    def find_checkpoint(self, name: str) -> str | None:
        """The checkpoint file that a name means, by A1111's closest match."""
        ...

    def find_style(self, name: str) -> Style | None:
        """A style by its exact name."""
        ...


class ScriptContext(Lookup, Protocol):
    """The engine's services for a running script. All pictures are encoded bytes."""

    @property
    def interrupted(self) -> bool: ...

    def set_job(self, text: str, *, count: int | None = None) -> None:
        """Name the part that runs now; ``count`` is the number of batches that progress counts to."""
        ...

    def upscale(self, picture: bytes, upscaler: str, scale: float) -> bytes: ...

    def interrogate(self, picture: bytes, model: str) -> str: ...

    def save(self, picture: bytes, *, seed: int, grid: bool = False) -> None:
        """Write a picture that the script made, if ``samples_save`` or, for grids, ``grid_save`` is on.

        As in A1111 this doesn't ask for ``save_images``, which is about the generations' own pictures.
        """
        ...

    def short_title(self, checkpoint: str) -> str:
        """``stem [hash]`` of a checkpoint file."""
        ...


ScriptRun: TypeAlias = Callable[
    [GenerationRequest, tuple[Any, ...], ScriptContext],
    Generator[GenerationRequest, GenerationResult, GenerationResult],
]
"""A script yields requests, is sent their results, and returns the result for the client.

A request that can't be carried out raises its SdapiError at the ``yield``; uncaught, the script fails.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A generation that a script will ask for, ``times`` times."""

    request: GenerationRequest
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedPicture:
    """A picture that a script will put together, in pixels."""

    width: int
    height: int


Outline: TypeAlias = Callable[[GenerationRequest, tuple[Any, ...], Names], Iterable[Repeated | JoinedPicture]]
"""Lists what a script will ask for, without making anything; no size or total may be too small."""

MakeArguments: TypeAlias = Callable[[bool, Names], Sequence[ScriptArgument]]
"""``arguments(is_img2img, names)``: the positional arguments in order."""


def no_arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The arguments of a script that takes none."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script: a file in ``scripts/`` binds one to the name ``SCRIPT``, extensions list theirs by a hook.

    ``run`` is None for always-on scripts: hooks do their work, or the request's own fields. Heavy imports
    belong inside ``run``: the file is also read by the HTTP process. ``order`` sorts the listings; ties
    sort by title.
    ``listed_as`` is the name in listings, the lower-cased title if None. ``in_info``: script-info shows it.
    ``grid_name`` begins the file names of saved grids. ``outline`` lets the server refuse too much work
    before it is queued; without it a script is stopped where it passes a limit.
    ``other_titles`` is a pattern of lower-case titles by which clients may call it too, as those of other
    versions. ``any_number``: arguments are only for the listings, a call keeps all that it was given.
    """

    title: str
    run: ScriptRun | None = None
    outline: Outline | None = None
    arguments: MakeArguments = no_arguments
    always_on: bool = False
    txt2img: bool = True
    img2img: bool = True
    order: int = 500
    listed: bool = True
    in_info: bool = True
    listed_as: str | None = None
    grid_name: str = "grid"
    other_titles: str | None = None
    any_number: bool = False

    @property
    def name(self) -> str:
        """Name of the script in the listings."""
        return self.listed_as if self.listed_as is not None else self.title.lower()

    def supports(self, is_img2img: bool) -> bool:
        """True if it can be used with this kind of request."""
        return self.img2img if is_img2img else self.txt2img

    def is_called(self, title: str) -> bool:
        """True if ``other_titles`` matches this title, in any letter case."""
        return self.other_titles is not None and re.fullmatch(self.other_titles, title.lower()) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """Every script that was found, in listing order, and the files that could not be read."""

    items: tuple[Script, ...] = ()
    failures: tuple[str, ...] = field(default=())

    def joined(self, more: Iterable[Script]) -> Scripts:
        """These and more, in listing order; of equal titles the first stays."""
        titles = {script.title.lower() for script in self.items}
        items = (*self.items, *(script for script in more if script.title.lower() not in titles))
        return Scripts(items=in_listing_order(items), failures=self.failures)

    def find(self, title: str, *, is_img2img: bool) -> Script | None:
        """A script by its title in any letter case, among those for this kind of request."""
        wanted = title.lower()
        usable = [s for s in self.items if s.supports(is_img2img)]
        named = next((s for s in usable if s.title.lower() == wanted), None)
        return named or next((s for s in usable if s.is_called(title)), None)


def discover(*folders: Path) -> Scripts:
    """Read every ``*.py`` in the folders; a file that fails is reported and skipped."""
    found: list[Script] = []
    failures: list[str] = []
    for path in (p for folder in folders for p in sorted(folder.glob("*.py")) if p.stem != "__init__"):
        try:
            script = getattr(_load(path), "SCRIPT", None)
        except FAILURES as error:
            log.warning("script %s can't be read: %s", path.name, error)
            failures.append(f"{path.name}: {type(error).__name__}: {error}")
            continue
        if isinstance(script, Script):
            found.append(script)
    return Scripts(items=in_listing_order(found), failures=tuple(failures))


def in_listing_order(scripts: Iterable[Script]) -> tuple[Script, ...]:
    """Sorted by order number, then by title."""
    return tuple(sorted(scripts, key=lambda s: (s.order, s.title.lower())))


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scripts.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up while it is still being read
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[spec.name]
        raise
    return module
