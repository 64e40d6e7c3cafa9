"""One recorded request of the original and how an answer is compared with it."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

FOLDER = Path(__file__).resolve().parents[1] / "data" / "parity"
MEAN_LIMIT, TAIL_LIMIT = 0.1, 2.0
"""Allowed mean |difference| and its 99.9th percentile, of 255: rounding, and nothing more."""

_VOLATILE = {"job_timestamp", "version", "sd_model_hash", "subseed", "all_subseeds", "subseed_strength"}
_HASHES = re.compile(r",? ?(Version: [^,\n]+|Model hash: \w+)| \[[0-9a-f]{10}\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request and what the original answered: pictures as files, the rest as data."""

    name: str
    path: str
    request: dict[str, Any]
    status: int
    pictures: tuple[Path, ...]
    response: dict[str, Any]


def load_cases() -> list[Case]:
    """Every case in the tests' data."""
    return [_load(path) for path in sorted((FOLDER / "cases").glob("*.json"))]


def _load(path: Path) -> Case:
    data = json.loads(path.read_text())
    return Case(
        name=data["name"],
        path=data["path"],
        request=_inlined(data["request"]),
        status=data["status"],
        pictures=tuple(path.parent / name for name in data["images"]),
        response=data["response"],
    )


def _inlined(value: Any) -> Any:
    """Put pictures in the place of their names (``@name.png``)."""
    if isinstance(value, str) and value.startswith("@"):
        return base64.b64encode((FOLDER / "inputs" / value[1:]).read_bytes()).decode()
    if isinstance(value, list):
        return [_inlined(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _inlined(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


def faults(case: Case, answer: dict[str, Any]) -> list[str]:
    """Describe the differences from the original beyond rounding."""
    sent: list[str] = answer.get("images") or [answer["image"]]
    if len(sent) != len(case.pictures):
        return [f"{len(sent)} pictures instead of {len(case.pictures)}"]
    found = [fault for path, text in zip(case.pictures, sent, strict=True) for fault in _picture(path, text)]
    if "info" in case.response:
        found += _info(json.loads(case.response["info"]), json.loads(answer["info"]))
    return found


def _picture(path: Path, text: str) -> Iterator[str]:
    ours = Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB")
    theirs = Image.open(path).convert("RGB")
    if ours.size != theirs.size:
        yield f"{path.name}: {ours.size} instead of {theirs.size}"
        return
    difference = np.abs(np.asarray(ours, np.float32) - np.asarray(theirs, np.float32))
    tail = float(np.percentile(difference, 99.9))
    if difference.mean() > MEAN_LIMIT or tail > TAIL_LIMIT:
        yield f"{path.name}: mean {difference.mean():.3f}, 99.9th percentile {tail:.0f}"


def _info(theirs: dict[str, Any], ours: dict[str, Any]) -> Iterator[str]:
    for key, value in theirs.items():
        if key not in _VOLATILE and _plain(value) != _plain(ours.get(key)):
            yield f"info.{key}: {ours.get(key)!r} instead of {value!r}"


def _plain(value: Any) -> str:
    """A value without what is known only once a file was hashed."""
    return _HASHES.sub("", str(value))
