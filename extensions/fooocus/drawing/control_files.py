"""The files of image prompts: the original's own names first, else any that fits type and checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.controlnet.plugin import control_folders
from pipelines.plugin import CorruptFile, MissingWeights, SdapiError, tensor_shapes, walk

if TYPE_CHECKING:
    from pipelines.plugin import Services

SUFFIXES = (".safetensors", ".bin", ".pth", ".pt", ".ckpt")
_KEYS = ("to_k_ip.", "attn2.to_k.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """Names of a type's files: the original's ``own``; others with one of ``words``, none of ``without``."""

    own: str
    words: tuple[str, ...]
    without: tuple[str, ...] = ()
    prefers: str = ""


SORTS = {
    "ImagePrompt": Sort(
        own="ip-adapter-plus_sdxl_vit-h",
        words=("ip-adapter", "ip_adapter"),
        without=("face", "instant"),
        prefers="plus",
    ),
    "FaceSwap": Sort(
        own="ip-adapter-plus-face_sdxl_vit-h",
        words=("plus-face", "plus_face", "full-face"),
        without=("faceid",),
        prefers="plus",
    ),
    "PyraCanny": Sort(own="control-lora-canny-rank128", words=("canny",), without=("union",)),
    "CPDS": Sort(own="fooocus_xl_cpds_128", words=("cpds",)),
}


def control_file(kind: str, width: int, services: Services, *, field: str) -> str:
    """The stem of the file for a type whose network reads text of ``width`` channels.

    Raises MissingWeights naming the file and the folder.
    """
    sort = SORTS[kind]
    files = _files(services)
    named = [path for path in files if path.stem.lower() == sort.own]
    others = [path for path in files if _fits_name(path.stem.lower(), sort)]
    others.sort(key=lambda path: (sort.prefers not in path.stem.lower(), len(path.stem)))
    for path in (*named, *others):
        if _width(path) in (width, None):
            return path.stem
    folder = services.settings.folders.models / "ControlNet"
    text = f"{kind} needs the file {sort.own} or another of its kind for this checkpoint in {folder}"
    raise MissingWeights(text, field=field)


def _fits_name(stem: str, sort: Sort) -> bool:
    return any(word in stem for word in sort.words) and not any(word in stem for word in sort.without)


def _files(services: Services) -> list[Path]:
    folders = services.settings.folders
    known = control_folders(folders.models, folders.data, services.settings.extension_flags)
    places = dict.fromkeys((*known, folders.models / "controlnet"))
    return [path for place in places for path in sorted(_in(place))]


def _in(folder: Path) -> Iterable[Path]:
    return (path for path in walk(folder, SUFFIXES) if path.suffix in SUFFIXES)


def _width(path: Path) -> int | None:
    """Channels of the text that a file's attention reads; None if it has none, -1 if it can't be read."""
    try:
        shapes = tensor_shapes(path)
    except (CorruptFile, SdapiError, OSError, ValueError):
        return -1
    flat = {f"{name}": shape for name, shape in _flat(shapes)}
    for name, shape in flat.items():
        if any(key in f"{name}." for key in _KEYS) and len(shape) == 2:
            return int(shape[1])
    return None


def _flat(shapes: object, name: str = "") -> Iterable[tuple[str, Sequence[int]]]:
    """Names and shapes of tables in tables."""
    if isinstance(shapes, tuple):
        yield name, shapes  # pyright: ignore[reportUnknownVariableType]
        return
    table: dict[str, object] = dict(shapes) if hasattr(shapes, "items") else {}  # type: ignore[call-overload]
    for key, value in table.items():
        yield from _flat(value, f"{name}.{key}" if name else str(key))
