"""Pictures that show how far training is: generations that the run asks for, with what it trains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from pipelines.catalog.hashes import file_sha256
from pipelines.contract.errors import Cancelled, InvalidRequest, SdapiError
from pipelines.contract.requests import GenerationRequest, OwnFiles
from pipelines.contract.training import TrainingPreview
from pipelines.denoising.work import Work, report, run_generation
from pipelines.text.encoding.report import TI_HASHES
from pipelines.training.embedding.picture import embedding_picture
from pipelines.training.journal import Journal
from pipelines.training.trainee import Trainee


def show(
    preview: TrainingPreview,
    number: int,
    *,
    trainee: Trainee,
    journal: Journal,
    folder: Path,
    prompt: str,
    warn: Callable[[str], None],
) -> Work[None]:
    """Make one picture and keep it; training goes on if it can't be made. Raises what ends training.

    ``folder`` takes the files by which the generation uses what is trained; ``prompt`` is that of the batch.
    """
    if preview.broken:
        raise InvalidRequest(preview.broken, field="preview.request.sampler")
    trainee.take_off()
    own = trainee.own_files(folder)
    request = _asked(preview, journal, number, own, prompt)
    try:
        result = yield from run_generation(request)
    except Cancelled:
        raise
    except SdapiError as error:
        warn(f"a preview could not be made: {error.message}")
    else:
        if result.images:
            journal.note_picture(number, result.images[0], request.prompt)
            _keep_in_picture(result.images[0], journal, number, own)
            yield from report(batch=trainee.made, preview=result.images[0])
    trainee.put_on()


def _asked(
    preview: TrainingPreview, journal: Journal, number: int, own: OwnFiles, prompt: str
) -> GenerationRequest:
    request = replace(preview.request, own=own)
    if preview.prompt_from_picture:
        # its own stream: pictures that are shown must not change what is trained
        seed = Random(f"{journal.request.seed}-{number}").randrange(2**32)
        request = replace(request, prompt=prompt, seeds=replace(request.seeds, seed=seed, random=False))
    return _named_as_saved(request, journal, number)


def _named_as_saved(request: GenerationRequest, journal: Journal, number: int) -> GenerationRequest:
    """Let the infotext name an embedding by the save of this number, if there is one."""
    saved, name = journal.save_path(number), journal.request.name
    if not request.own.embeddings or journal.saved != saved or name not in request.prompt:
        return request
    pair = (TI_HASHES, f"{saved.stem}: {file_sha256(saved)[:12]}")
    return replace(request, pairs=(pair,), unnamed_pairs=frozenset({TI_HASHES}))


def _keep_in_picture(png: bytes, journal: Journal, number: int, own: OwnFiles) -> None:
    """Write the embedding into the pixels of its preview, if the request asks for it and a save exists."""
    if journal.request.log.embedding_pictures and own.embeddings and journal.saved is not None:
        path = journal.picture_path(number, kind="image_embeddings")
        journal.write(path, embedding_picture(png, Path(own.embeddings[0])))
