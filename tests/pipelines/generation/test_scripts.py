"""Files of scripts: they write what they make of pictures, whether or not pictures are saved."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image

from pipelines.contract.control import JobControl
from pipelines.contract.errors import NotFound
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import Img2Img, ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.generation.reporter import Reporter
from pipelines.generation.scripts import EngineScriptContext
from pipelines.generation.services import Services
from pipelines.pictures.metadata import read_metadata
from pipelines.scripting.script_file import Names
from tests.engines import make_engine, make_request
from tests.pipelines.jobs.helpers import make_request as make_plain_request


def run(models: Path, data: Path, script: str, args: tuple[Any, ...], **changes: Any) -> GenerationResult:
    """The script on a red picture of 64 x 64 pixels, in one step."""
    red = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(red, "PNG")
    request = make_request(
        models,
        steps=1,
        script=ScriptCall(name=script, args=args),
        img2img=Img2Img(images=(red.getvalue(),)),
        denoising_strength=0.9,
        **changes,
    )
    engine = make_engine(models, data)
    try:
        result = engine.run(request)
    finally:
        engine.close()
    assert isinstance(result, GenerationResult)
    return result


def saved(result: GenerationResult, data: Path) -> list[str]:
    return [Path(f).relative_to(data).as_posix() for f in result.files]


PLAIN = OutputOptions(save_to_dirs=False, grid_save_to_dirs=False)


def test_outpainted_pictures_are_saved_without_save_images(models_dir: Path, tmp_path: Path) -> None:
    args = ("", 64, 8, ["right"], 1.0, 0.05)
    result = run(models_dir, tmp_path, "outpainting mk2", args, batch_size=2, output=PLAIN, save_images=False)
    names = saved(result, tmp_path)
    assert [name.rpartition("/")[0] for name in names] == ["outputs/img2img-images"] * 2 + [
        "outputs/img2img-grids"
    ]
    assert names[0].endswith("/00000-1-a red circle on a white background.png")
    with Image.open(result.files[0]) as image:
        assert image.size == (128, 64)
        assert read_metadata(image)[0] == result.info["infotexts"][0]


def test_only_the_joined_picture_of_sd_upscale_is_saved(models_dir: Path, tmp_path: Path) -> None:
    result = run(models_dir, tmp_path, "sd upscale", ("", 0, "Lanczos", 2.0), output=PLAIN, save_images=True)
    assert len(result.files) == 1
    with Image.open(result.files[0]) as image:
        assert image.size == (128, 128)


def test_options_switch_saving_off(models_dir: Path, tmp_path: Path) -> None:
    output = OutputOptions(samples_save=False, grid_save=False)
    args = (False, False, "positive", "comma", 0)
    result = run(models_dir, tmp_path, "prompt matrix", args, prompt="a|b", output=output, save_images=True)
    assert result.files == () and len(result.images) == 3


def test_a_matrix_saves_one_grid_under_its_own_name(models_dir: Path, tmp_path: Path) -> None:
    args = (False, False, "positive", "comma", 0)
    result = run(models_dir, tmp_path, "prompt matrix", args, prompt="a|b", output=PLAIN, save_images=True)
    grids = [name for name in saved(result, tmp_path) if "grids" in name]
    assert grids == ["outputs/img2img-grids/prompt_matrix-0000.png"]


def test_a_script_asks_for_captions_by_names_that_mean_a_model() -> None:
    asks = EngineScriptContext(
        services=cast("Services", None),
        control=JobControl(),
        reporter=Reporter(lambda progress: None),
        request=make_plain_request(),
        names=Names(),
    )
    with pytest.raises(NotFound, match="Model not found"):
        asks.interrogate(b"", "blip")
