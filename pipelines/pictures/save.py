"""Write pictures to disk where A1111 would: numbered, named by pattern, atomically."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from pipelines.catalog.disk import telling, write_file
from pipelines.contract.options import OutputOptions
from pipelines.contract.places import place_below
from pipelines.pictures.encode import encode_picture
from pipelines.pictures.filenames import NameFacts, apply_pattern
from pipelines.pictures.name_parts import fit_folders, fit_name, name_bytes

REMEDY = "set another outdir"
_NUMBER = r"(\d{1,18})(?!\d)"
"""Longer ones count nothing: they are names that happen to be digits."""


def save_picture(
    picture: Image.Image,
    folder: Path,
    facts: NameFacts,
    options: OutputOptions,
    *,
    extension: str,
    infotext: str | None,
    suffix: str = "",
    grid: bool = False,
) -> Path:
    """Write one picture below ``folder`` and answer its path. Raises DiskFull, NotWritten."""
    with telling(f"save a picture in {folder}", REMEDY):
        folder = _made(_pattern_folder(folder, facts, options, grid), folder)
        path = _file_path(folder, facts, options, extension, suffix, grid)
        data = encode_picture(
            picture,
            extension,
            infotext=infotext if options.enable_pnginfo else None,
            quality=options.jpeg_quality,
            lossless=options.webp_lossless,
        )
        write_file(path, data)
        _sidecars(path, picture, data, infotext, options)
    return path


def save_named(picture: Image.Image, folder: Path, name: str) -> Path:
    """Write one picture as ``name.png``, with the texts that it carries. Raises DiskFull, NotWritten."""
    path = folder / f"{name}.png"
    texts = {str(key): value for key, value in picture.info.items() if isinstance(value, str)}
    with telling(f"save a picture in {folder}", REMEDY):
        write_file(path, encode_picture(picture, "png", infotext=None, texts=texts))
    return path


def _pattern_folder(folder: Path, facts: NameFacts, options: OutputOptions, grid: bool) -> Path:
    if not (options.grid_save_to_dirs if grid else options.save_to_dirs):
        return folder
    pattern = options.directories_filename_pattern or "[prompt_words]"
    named = fit_folders(apply_pattern(pattern, facts), folder)
    return place_below(
        named,
        (folder,),
        base=folder,
        what=f"the folder {pattern!r}",
        field="options.directories_filename_pattern",
    )


def _made(folder: Path, root: Path) -> Path:
    """The folder, made if need be; ``root`` where a file is in its place: the picture comes first."""
    root.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        return root
    return folder


def _decoration(facts: NameFacts, options: OutputOptions, grid: bool) -> str:
    if grid and not options.grid_extended_filename:
        return ""
    default = "[seed]" if options.save_to_dirs else "[seed]-[prompt_spaces]"
    # folders are for directories_filename_pattern: a name stays in its folder
    return re.sub(r"[/\\]", "_", apply_pattern(options.samples_filename_pattern or default, facts))


def _file_path(
    folder: Path, facts: NameFacts, options: OutputOptions, extension: str, suffix: str, grid: bool
) -> Path:
    """A name for the picture. Of its parts only the pattern's is cut to what the disk takes."""
    decoration, longest = _decoration(facts, options, grid), name_bytes(folder)

    def named(start: str = "", end: str = "") -> Path:
        end = f"{suffix}{end}.{extension}"
        return folder / f"{start}{fit_name(decoration, longest - len(f'{start}{end}'.encode()))}{end}"

    if options.save_images_add_number or not decoration + suffix:
        first = next_number(folder, facts.basename)
        for number in range(first, first + 500):
            stem = f"{number:05}" if not facts.basename else f"{facts.basename}-{number:04}"
            path = named(f"{stem}-" if decoration + suffix else stem)
            if not path.exists():
                return path
    path, number = named(), 0
    adding = options.save_images_replace_action == "Add number suffix"
    while path.is_dir() or (adding and path.exists()):
        number += 1
        path = named(end=f"-{number}")
    return path


def next_number(folder: Path, basename: str = "") -> int:
    """One more than the highest number that starts a file name (after ``basename-``) in ``folder``."""
    pattern = re.compile(f"{re.escape(basename)}-{_NUMBER}" if basename else _NUMBER)
    numbers = [int(m.group(1)) for p in folder.iterdir() if (m := pattern.match(p.name))]
    return max(numbers, default=-1) + 1


def _sidecars(
    path: Path, picture: Image.Image, data: bytes, infotext: str | None, options: OutputOptions
) -> None:
    if options.save_txt and infotext:
        write_file(path.with_suffix(".txt"), f"{infotext}\n".encode(errors="replace"))
    side = options.target_side_length
    large = len(data) > options.img_downscale_threshold * 1024 * 1024 or max(picture.size) > side
    if options.export_for_4chan and large and path.suffix.lower() != ".jpg":
        small = picture.convert("RGB")
        if max(small.size) > side:
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        small.save(buffer, "JPEG", quality=options.jpeg_quality)
        write_file(path.with_suffix(".jpg"), buffer.getvalue())
