"""Weight files that packs fetch for themselves: download once, keep, and read."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from pipelines.plugin import read_tensors

_REPOSITORY = re.compile(
    r"(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)(:(?P<variant>[\w.-]*))?(:(?P<folder>[\w./-]+))?"
)
_CHUNK = 1 << 20


def fetch_model(source: str, cache: Path) -> Path:
    """Return the file or folder of a source, and fetch it first unless it is in ``cache``.

    ``source``: a URL, or a repository as ``owner/name``, ``owner/name:variant`` or
    ``owner/name:variant:folder``; the variant isn't looked at. Raises ValueError for anything else.
    """
    folder = cache / hashlib.sha256(source.encode()).hexdigest()[:32]
    ready = [path for path in folder.glob("*") if not path.name.startswith(".")] if folder.is_dir() else []
    if len(ready) == 1:
        return ready[0]
    if source.startswith(("http://", "https://")):
        return _fetch_url(source, folder)
    if match := _REPOSITORY.fullmatch(source):
        return _fetch_repository(match, folder)
    raise ValueError(f"{source!r} is neither a URL nor a repository owner/name")


def _fetch_url(url: str, folder: Path) -> Path:
    import httpx

    name = Path(urlparse(url).path).name or "model"
    folder.mkdir(parents=True, exist_ok=True)
    part, place = folder / f".{name}.part", folder / name
    with httpx.stream("GET", url, follow_redirects=True, timeout=60) as response:
        response.raise_for_status()
        with part.open("wb") as file:
            for chunk in response.iter_bytes(_CHUNK):
                file.write(chunk)
    part.replace(place)
    return place


def _fetch_repository(match: re.Match[str], folder: Path) -> Path:
    from huggingface_hub import snapshot_download

    inside = match["folder"]
    place = folder / match["name"]
    patterns = [f"{inside}/*"] if inside else None
    snapshot_download(f"{match['owner']}/{match['name']}", local_dir=place, allow_patterns=patterns)
    return place / inside if inside else place


def read_weights(path: Path) -> Any:
    """Read a diffusers or transformers model of a folder, or the tensors of a file, to the CPU."""
    if path.is_dir():
        from diffusers import AutoModel

        return AutoModel.from_pretrained(path)
    return read_tensors(path)
