"""Write pictures to disk where A1111 would: numbered, named by pattern, atomically."""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from pipelines.contract.errors import SdapiError
from pipelines.contract.options import OutputOptions
from pipelines.pictures.encode import encode_image
from pipelines.pictures.filenames import NameFacts, apply_pattern


class DiskFull(SdapiError):
    """There is no room to write a picture."""

    status = 507


def save_image(
    image: Image.Image,
    folder: Path,
    facts: NameFacts,
    options: OutputOptions,
    *,
    extension: str,
    infotext: str | None,
    suffix: str = "",
    grid: bool = False,
) -> Path:
    """Write one picture below ``folder`` and answer its path. Raises DiskFull, SdapiError."""
    if options.grid_save_to_dirs if grid else options.save_to_dirs:
        pattern = options.directories_filename_pattern or "[prompt_words]"
        folder = folder / apply_pattern(pattern, facts).lstrip(" ").rstrip("\\ /")
    with _saving(folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = _file_path(folder, facts, options, extension, suffix, grid)
        data = encode_image(
            image,
            extension,
            infotext=infotext if options.enable_pnginfo else None,
            quality=options.jpeg_quality,
            lossless=options.webp_lossless,
        )
        _write(path, data)
        _sidecars(path, image, data, infotext, options)
    return path


def save_named(image: Image.Image, folder: Path, name: str) -> Path:
    """Write one picture as ``name.png``, with the texts that it carries. Raises DiskFull, SdapiError."""
    path = folder / f"{name}.png"
    texts = {str(key): value for key, value in image.info.items() if isinstance(value, str)}
    with _saving(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, encode_image(image, "png", infotext=None, texts=texts))
    return path


@contextmanager
def _saving(folder: Path) -> Generator[None]:
    """While entered, what disks refuse is an error that says where."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text = f"no room to save a picture in {folder}: free some space or set another outdir"
            raise DiskFull(text) from error
        raise SdapiError(f"can't save a picture in {folder}: {error}") from error


def _decoration(facts: NameFacts, options: OutputOptions, grid: bool) -> str:
    if grid and not options.grid_extended_filename:
        return ""
    default = "[seed]" if options.save_to_dirs else "[seed]-[prompt_spaces]"
    # folders are for directories_filename_pattern: a name stays in its folder
    return re.sub(r"[/\\]", "_", apply_pattern(options.samples_filename_pattern or default, facts))


def _file_path(
    folder: Path, facts: NameFacts, options: OutputOptions, extension: str, suffix: str, grid: bool
) -> Path:
    decoration = _decoration(facts, options, grid) + suffix
    if options.save_images_add_number or not decoration:
        tail = f"-{decoration}" if decoration else ""
        first = next_number(folder, facts.basename)
        for number in range(first, first + 500):
            stem = f"{number:05}" if not facts.basename else f"{facts.basename}-{number:04}"
            path = folder / f"{stem}{tail}.{extension}"
            if not path.exists():
                return path
    path = folder / f"{decoration}.{extension}"
    if options.save_images_replace_action != "Add number suffix":
        return path
    number = 0
    while path.exists():
        number += 1
        path = folder / f"{decoration}-{number}.{extension}"
    return path


def next_number(folder: Path, basename: str = "") -> int:
    """One more than the highest number that starts a file name (after ``basename-``) in ``folder``."""
    pattern = re.compile(rf"{re.escape(basename)}-(\d+)" if basename else r"(\d+)")
    numbers = [int(m.group(1)) for p in folder.iterdir() if (m := pattern.match(p.name))]
    return max(numbers, default=-1) + 1


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)


def _sidecars(
    path: Path, image: Image.Image, data: bytes, infotext: str | None, options: OutputOptions
) -> None:
    if options.save_txt and infotext:
        path.with_suffix(".txt").write_text(f"{infotext}\n", encoding="utf-8")
    side = options.target_side_length
    large = len(data) > options.img_downscale_threshold * 1024 * 1024 or max(image.size) > side
    if options.export_for_4chan and large and path.suffix.lower() != ".jpg":
        small = image.convert("RGB")
        if max(small.size) > side:
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=options.jpeg_quality)
        _write(path.with_suffix(".jpg"), buffer.getvalue())
