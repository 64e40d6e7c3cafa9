"""Options of an engine: each is used, or listed as without effect."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import UNREAD, ExtensionOptions, GenerationOptions, OutputOptions, ranged
from tests.option_names import read_names

FOLDERS = ("pipelines", "extensions", "scripts")


def test_every_option_is_read_or_known_to_be_without_effect(root: Path) -> None:
    known = {field.name for view in (GenerationOptions, OutputOptions) for field in fields(view)}
    assert known - read_names(root, FOLDERS) - {"extension"} == UNREAD


def test_what_is_not_known_is_left_out() -> None:
    options = GenerationOptions.from_mapping({"sd_vae": "a", "eta_ddim": 1, "nonsense": 2, "emphasis": None})
    assert (options.sd_vae, options.eta_ddim, options.emphasis) == ("a", 1.0, "Original")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample(ExtensionOptions):
    """Options of an extension."""

    sample_size: int = ranged(3, 1, 5)
    sample_name: str = "a"


def test_an_extension_reads_its_options_typed() -> None:
    options = GenerationOptions(extension={"sample_size": 4, "other": 1})
    assert Sample.of(options) == Sample(sample_size=4)
    assert Sample.of(GenerationOptions()) == Sample()


def test_a_number_out_of_range_names_the_option() -> None:
    with pytest.raises(InvalidRequest, match="between 1 and 5") as caught:
        Sample.of(GenerationOptions(extension={"sample_size": 6}))
    assert caught.value.field == "options.sample_size"


def test_every_folder_of_pictures_moves_below() -> None:
    output = OutputOptions(outdir_txt2img_samples="/data/x", outdir_extras_samples="", samples_format="jpg")
    moved = output.below("key-a")
    folders = [getattr(moved, f.name) for f in fields(OutputOptions) if f.name.startswith("outdir_")]
    assert len(folders) == 6
    assert all(Path(folder).name == "key-a" for folder in folders)
    assert moved.outdir_txt2img_samples == str(Path("/data/x/key-a"))
    assert moved.outdir_extras_samples == str(Path("outputs/key-a"))
    assert moved.samples_format == "jpg"
