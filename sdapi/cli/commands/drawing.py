"""The request of commands that draw without a server: its checkpoint, its size, its other arguments."""

from __future__ import annotations

import random
from argparse import ArgumentParser, Namespace
from pathlib import Path

from pipelines.catalog.checkpoints import CheckpointCatalog
from pipelines.catalog.hashes import HashCache
from pipelines.catalog.named_size import named_size
from pipelines.contract.errors import InvalidRequest, MissingWeights, NotFound
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Seeds
from pipelines.contract.settings import EngineSettings
from pipelines.sampling.sampler_names import resolve_sampler

USUAL_SIDE = 512


def add_drawing_arguments(parser: ArgumentParser) -> None:
    """Add what describes one picture; all the flags of the server may follow."""
    parser.add_argument("--negative-prompt", default="", help="what the picture should not show")
    parser.add_argument(
        "--checkpoint", help="a file, or a part of a checkpoint's name; the first one otherwise"
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--cfg-scale", type=float, default=7.0)
    parser.add_argument("--width", type=int, help="the checkpoint's own size, else 512")
    parser.add_argument("--height", type=int, help="the checkpoint's own size, else 512")
    parser.add_argument("--sampler", default="DPM++ 2M")
    parser.add_argument("--scheduler", default="Automatic")
    parser.add_argument("--seed", type=int, default=-1, help="-1 for a random one")
    parser.add_argument("--batch-size", type=int, default=1)


def drawing_request(
    chosen: Namespace, settings: EngineSettings, prompt: str, image_format: str
) -> GenerationRequest:
    """Make the request from the arguments. Raises MissingWeights, NotFound or InvalidRequest."""
    checkpoint = find_checkpoint(settings, chosen.checkpoint)
    width, height = native_size(checkpoint)
    seed = chosen.seed if chosen.seed >= 0 else random.randrange(2**32 - 2)
    choice = resolve_sampler(chosen.sampler, chosen.scheduler)
    if choice.warnings:
        raise InvalidRequest(choice.warnings[0])
    return GenerationRequest(
        prompt=prompt,
        negative_prompt=chosen.negative_prompt,
        seeds=Seeds(seed=seed, subseed=seed),
        checkpoint=str(checkpoint),
        sampler=choice.sampler,
        scheduler=choice.scheduler,
        steps=chosen.steps,
        cfg_scale=chosen.cfg_scale,
        width=chosen.width or width,
        height=chosen.height or height,
        batch_size=chosen.batch_size,
        output=OutputOptions(samples_format=image_format, return_grid=False),
    )


def find_checkpoint(settings: EngineSettings, name: str | None) -> Path:
    """The file of that path, the closest match of ``name`` as A1111 matches, or simply the first."""
    if name and Path(name).is_file():
        return Path(name).resolve()
    hashes = HashCache(settings.folders.hash_table, enabled=False)
    catalog = CheckpointCatalog(settings.folders, hashes, first=settings.first_checkpoint)
    if not catalog.list():
        places = ", ".join(map(str, settings.folders.checkpoints))
        raise MissingWeights(f"there is no checkpoint in {places}", field="checkpoint")
    found = catalog.closest(name) if name else catalog.list()[0]
    if found is None:
        raise NotFound(f"no checkpoint's name contains {name!r}", field="checkpoint")
    return found.path


def native_size(checkpoint: Path) -> tuple[int, int]:
    """Width and height that the file itself names (``modelspec.resolution``), else 512 x 512."""
    return named_size(checkpoint) or (USUAL_SIDE, USUAL_SIDE)
