"""Errors of the engine and of the intent name our field paths, and A1111 has a name for each of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from extensions.controlnet.units.options import ControlNetOptions
from pipelines.contract.options import GenerationOptions, OutputOptions
from pipelines.contract.preprocessing import PreprocessRequest
from pipelines.contract.requests import ExtrasRequest, Inversion
from pipelines.contract.training import CreateEmbeddingRequest, CreateHypernetworkRequest, TrainRequest
from sdapi.dialects.a1111.field_names import FIELD_NAMES
from sdapi.dialects.a1111.schemas.extras import ExtrasBatchImagesRequest, ExtrasSingleImageRequest
from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.intent.intent import Intent

ROOT = Path(__file__).resolve().parents[3]
OTHER_WORK = {
    "image",
    "model",
    "upscaler",
    "module",
    "images",
    "controlnet_input_images",
    "controlnet_module",
}
"""Fields of captions, detection and other kinds of work, and what callers of a service name anew."""
TRAINING = (CreateEmbeddingRequest, CreateHypernetworkRequest, TrainRequest, PreprocessRequest)
TARGETS = {"target.embedding", "target.hypernetwork"}
"""The file of a target, by what is trained."""
OTHER_PLACES = {"id", "job_id", "inversion", "keep_alive"}
CHECKS = {"within": (0,), "check_pixels": (0, 2), "check_picture": (0,), "check_count": (0,)}
"""Functions that take paths, and at which places."""


def paths_of(kind: type, place: str = "") -> Iterator[str]:
    """Every path of a dataclass; lists count as one."""
    for name, hint in get_type_hints(kind).items():
        yield place + name
        for inner in (hint, *get_args(hint)):
            if isinstance(inner, type) and is_dataclass(inner):
                yield from paths_of(inner, f"{place}{name}.")


OPTIONS = {f.name for view in (GenerationOptions, OutputOptions, ControlNetOptions) for f in fields(view)}
KNOWN = {
    *paths_of(Intent),
    *paths_of(Inversion, "inversion."),
    *(f"extras.{f.name}" for f in fields(ExtrasRequest)),
    *("extras", "extras.image", "options", "options.font"),
    *(f"options.{key}" for key in OPTIONS),
    *OTHER_WORK,
    *(path for kind in TRAINING for path in paths_of(kind)),
    *TARGETS,
    *OTHER_PLACES,
}


def named_in(path: Path) -> Iterator[tuple[int, str]]:
    """Lines and paths that a file's errors name; what a variable holds is ``*``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [node.args[at] for at in CHECKS.get(name, ()) if at < len(node.args)]
            given += [k.value for k in node.keywords if k.arg in ("field", "blamed")]
            for value in given:
                yield from ((value.lineno, text) for text in texts_of(value))


def texts_of(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*texts_of(one), *texts_of(other))
        case ast.JoinedStr(values=parts):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in parts)
        case _:
            return


def is_ours(path: str) -> bool:
    """True if a path is known, or below a known one: numbers in lists, titles and arguments of scripts."""
    if path.startswith("*"):
        return True
    parts = path.split(".")
    heads = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    found = next((head for head in heads if head in KNOWN), None)
    below = path.removeprefix(found or "").lstrip(".")
    return found is not None and (not below or found in LISTS or "*" in below)


LISTS = {
    *("always_on", "start.images", "extras.images", "script.args", "images", "overrides", "networks"),
    "pictures.uploads",
}
FILES = sorted(
    path
    for folder in ("pipelines", "extensions/controlnet", "sdapi/intent")
    for path in (ROOT / folder).rglob("*.py")
    if "routes" not in path.parts
)


def test_every_error_names_one_of_our_paths() -> None:
    found = [(path, line, text) for path in FILES for line, text in named_in(path)]
    foreign = [f"{path.relative_to(ROOT)}:{line}: {text}" for path, line, text in found if not is_ours(text)]
    assert foreign == []
    assert len(found) > 60


@pytest.mark.parametrize(
    "path",
    [
        "hr_upscaler",
        "init_images.0",
        "n_iter",
        "options.nothing",
        "hires.nothing",
        "training_width",
        "data_root",
    ],
)
def test_what_is_not_ours_is_seen(path: str) -> None:
    assert not is_ours(path)


def test_each_of_a1111s_names_stands_for_one_of_our_paths() -> None:
    schemas = (
        *(StableDiffusionProcessingTxt2Img, StableDiffusionProcessingImg2Img),
        *(ExtrasSingleImageRequest, ExtrasBatchImagesRequest),
    )
    theirs = {name for schema in schemas for name in schema.model_fields} | {"sd_model_checkpoint"}
    alone = {path for path in paths_of(Intent) if FIELD_NAMES.of(path).split(".")[0] not in theirs}
    assert {path.split(".")[0] for path in alone} <= PARTS
    for part in ("hires", "mask", "start", "seeds", "refiner", "churn"):
        assert {FIELD_NAMES.of(path) for path in paths_of(Intent) if path.startswith(f"{part}.")} <= theirs


PARTS = {"hires", "mask", "networks", "per_picture", "refiner", "script", "seeds", "start", "churn"} | {
    *("end_early", "keep_overrides", "warnings")
}
"""Of an intent that have no name of their own in A1111's bodies, or none at all."""
