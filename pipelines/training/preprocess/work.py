"""Prepare a folder of pictures for training: each is cut, mirrored and described, and written to another."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.preprocessing import PreprocessRequest, PreprocessResult
from pipelines.contract.requests import CaptionRequest
from pipelines.denoising.work import Work, report
from pipelines.pictures.decode import decode_picture
from pipelines.pictures.reading.opening import MAX_FILE_BYTES
from pipelines.training.archive import write_whole
from pipelines.training.context import TrainingContext, TrainingServices
from pipelines.training.preprocess.crops import crops_of
from pipelines.training.words import LONGEST


def preprocess(request: PreprocessRequest, context: TrainingContext) -> Work[PreprocessResult]:
    """Write every picture of the folder as the request asks. Raises MissingWeights, DiskFull, NotWritten."""
    names = sorted(os.listdir(request.source))
    context.reporter.job("preprocess", batches=len(names))
    warnings: list[str] = []
    if request.focal is not None and request.focal.faces > 0:
        warnings.append("focal.faces had no effect: faces are not looked for")
    read = written = 0
    for number, name in enumerate(names):
        yield from report(batch=number, text=name)
        if context.control.end_requested():
            warnings.append(f"interrupted: {len(names) - number} of {len(names)} files were not looked at")
            break
        picture = _picture(Path(request.source) / name)
        if picture is None:
            continue
        read += 1
        written += _write_all(picture, name, number, request, context.services)
    return PreprocessResult(read=read, written=written, warnings=tuple(warnings))


def _picture(path: Path) -> Image.Image | None:
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE_BYTES:
            return None
        return decode_picture(path.read_bytes(), field="source").convert("RGB")
    except (OSError, InvalidRequest):  # texts and the like
        return None


def _write_all(
    picture: Image.Image, name: str, number: int, request: PreprocessRequest, services: TrainingServices
) -> int:
    text = _text_beside(Path(request.source) / name)
    count = 0
    for cut in _mirrored(picture, request):
        stem = f"{number:05}-{count}-{Path(name).stem}"
        png = io.BytesIO()
        cut.save(png, "PNG")
        write_whole(Path(request.destination) / f"{stem}.png", png.getvalue())
        words = words_for(_caption(png.getvalue(), request, services), text, request.text_action)
        if words:
            write_whole(Path(request.destination) / f"{stem}.txt", words.encode())
        count += 1
    return count


def _mirrored(picture: Image.Image, request: PreprocessRequest) -> Iterator[Image.Image]:
    for cut in crops_of(picture, request):
        yield cut
        if request.flip:
            yield ImageOps.mirror(cut)


def _text_beside(path: Path) -> str:
    beside = path.with_suffix(".txt")
    if not beside.is_file():
        return ""
    with beside.open("rb") as file:
        return file.read(LONGEST).decode("utf-8", "replace").strip()


def _caption(png: bytes, request: PreprocessRequest, services: TrainingServices) -> str:
    models = [name for name, wanted in (("clip", request.caption), ("deepdanbooru", request.tags)) if wanted]
    asked = (CaptionRequest(image=png, model=model, options=request.options) for model in models)
    return ", ".join(services.interrogate(one) for one in asked)


def words_for(caption: str, text: str, action: str) -> str:
    """Join the caption of a prepared picture and the text of its .txt file, as ``action`` says."""
    match action:
        case "copy":
            return text
        case "prepend":
            return " ".join(filter(None, (text, caption)))
        case "append":
            return " ".join(filter(None, (caption, text)))
        case _:
            return caption
