"""`launch.py generate "a prompt" -o out.png`: make a picture in this process, without a server."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from pipelines.contract.errors import SdapiError
from pipelines.contract.results import GenerationResult
from sdapi.cli.commands.console import ProgressBar
from sdapi.cli.commands.drawing import add_drawing_arguments, drawing_request
from sdapi.cli.flag_settings import settings_from_flags
from sdapi.flags.parse import parse_flags

FORMATS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".webp": "webp", ".avif": "avif"}


def make_parser() -> ArgumentParser:
    """The command's own arguments; the rest are the server's flags."""
    parser = ArgumentParser(
        prog="launch.py generate",
        description="Make a picture without a server.",
        epilog="The server's flags (--data-dir, --use-cpu, --no-half ...) may follow.",
        allow_abbrev=False,
    )
    parser.add_argument("prompt")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("out.png"), help="file; its suffix is the format"
    )
    add_drawing_arguments(parser)
    return parser


def main(arguments: list[str]) -> int:
    """Draw, write the file or files, print their names."""
    parser = make_parser()
    chosen, rest = parser.parse_known_args(arguments)
    image_format = FORMATS.get(chosen.output.suffix.lower())
    if image_format is None:
        parser.error(f"--output: {chosen.output.name} ends with none of {', '.join(FORMATS)}")
    flags = parse_flags(rest)
    settings = settings_from_flags(flags)
    from pipelines.engine.engine import Engine

    bar = ProgressBar(quiet=flags.disable_console_progressbars)
    try:
        request = drawing_request(chosen, settings, chosen.prompt, image_format)
        result = Engine(settings).run(request, on_progress=bar)
    except SdapiError as error:
        print(f"generate: {error.message}", file=sys.stderr)
        return 1
    bar.end()
    assert isinstance(result, GenerationResult)
    for warning in result.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    write_images(result.images, chosen.output)
    return 0


def write_images(pictures: tuple[bytes, ...], output: Path) -> None:
    """Write one picture under the name as it is; several get a number each, from 0."""
    output.parent.mkdir(parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        path = output if len(pictures) == 1 else output.with_stem(f"{output.stem}-{number}")
        path.write_bytes(picture)
        print(path)
