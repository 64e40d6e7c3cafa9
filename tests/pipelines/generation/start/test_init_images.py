"""Init pictures and masks of every kind, size and state start img2img, or are refused with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import in_one_go
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import Img2Img, Inpaint, ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.generation.sampling_pass import InitImages
from pipelines.generation.start.init_images import pixel_hash, prepare_init_images
from pipelines.pictures.reading.opening import open_picture
from pipelines.pictures.resize import LATENT
from tests.engines import make_engine, make_request
from tests.pipelines.pictures.files import EIGHT, encoded, scene

SOFT = ScriptCall(name="soft inpainting", args=(True,))


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def prepared(source: Img2Img, *, batch_size: int = 1, output: OutputOptions | None = None) -> InitImages:
    """Return the prepared pictures of a request at 64x48; warnings go into ``said``."""
    request = make_request(
        Path(),
        img2img=source,
        batch_size=batch_size,
        output=output or OutputOptions(),
        denoising_strength=0.5,
    )
    said.clear()
    return in_one_go(prepare_init_images(request, 64, 48, None, cell=8, mask_round=True, warn=said.append))


said: list[str] = []


def masked(mask: Image.Image, **changes: Any) -> Img2Img:
    """A scene with a mask."""
    values: dict[str, Any] = {"blur_x": 0, "blur_y": 0, "fill": 1, **changes}
    inpaint = Inpaint(mask=encoded(mask), **values)
    return Img2Img(images=(encoded(scene(64, 48)),), inpaint=inpaint)


@pytest.mark.parametrize("background", ["#ffffff", "#000000"])
@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_transparency_lies_on_the_background(mode: str, background: str) -> None:
    image = Image.new(mode, (64, 48), 0 if mode == "P" else (0,) * len(mode))
    data = encoded(image, transparency=b"\0") if mode == "P" else encoded(image)
    request = make_request(Path(), img2img=Img2Img(images=(data,)), denoising_strength=0.5)
    request = replace(request, options=replace(request.options, img2img_background_color=background))
    (made,) = in_one_go(
        prepare_init_images(request, 64, 48, None, cell=8, mask_round=True, warn=said.append)
    ).images
    assert set(made.tobytes()) == {255 if background == "#ffffff" else 0}


def test_deep_grey_is_the_same_picture_and_the_same_mask() -> None:
    deep = Image.fromarray(EIGHT.astype(np.uint16) * 257)
    (made,) = prepared(Img2Img(images=(encoded(deep),))).images
    assert np.array_equal(np.asarray(made)[:, :, 0], EIGHT)
    mask = prepared(masked(deep, only_masked=False)).mask
    assert mask is not None
    assert np.array_equal(np.asarray(mask.image.convert("L")), EIGHT)


@pytest.mark.parametrize(
    ("mask", "changes"),
    [
        (Image.new("L", (64, 48), 0), {}),
        (Image.new("RGB", (64, 48), "black"), {}),
        (Image.new("RGBA", (64, 48), (255, 255, 255, 0)), {}),
        (Image.new("1", (64, 48), 0), {}),
        (Image.new("L", (64, 48), 255), {"invert": True}),
    ],
)
def test_a_blank_mask_is_said(mask: Image.Image, changes: dict[str, Any]) -> None:
    assert prepared(masked(mask, only_masked=True, **changes)).mask is None
    assert said == ["mask: it is blank, so there is nothing to crop to and the whole picture is repainted"]
    assert prepared(masked(mask, only_masked=False, **changes)).mask is not None
    assert said == ["mask: it is blank, so nothing is repainted"]


def test_a_drawn_mask_is_not_remarked_upon() -> None:
    mask = Image.new("L", (64, 48), 0)
    mask.putpixel((5, 5), 255)
    for only_masked in (True, False):
        prepared(masked(mask, only_masked=only_masked))
        assert said == []


@pytest.mark.parametrize(
    "data",
    [
        encoded(scene()),
        encoded(scene().convert("RGBA")),
        encoded(scene().convert("L")),
        encoded(scene().convert("1")),
        encoded(scene().quantize(16)),
        encoded(scene().convert("LA")),
        encoded(Image.fromarray(EIGHT.astype(np.uint16) * 257)),
        encoded(scene().convert("CMYK"), "TIFF"),
        encoded(Image.fromarray(EIGHT.astype(np.float32)), "TIFF"),
        encoded(scene(), "JPEG"),
    ],
)
def test_pictures_are_saved_as_they_came(engine: Engine, data: bytes) -> None:
    """The name is the hash of what lies in the file, and of what the client sent where PNG can hold it."""
    output = OutputOptions(save_init_img=True)
    result = run(engine, img2img=Img2Img(images=(data,)), output=output)
    digest = result.info["extra_generation_params"]["Init image hash"]
    saved = open_picture(engine.settings.folders.data / output.outdir_init_images / f"{digest}.png")
    assert digest == hashlib.md5(saved.tobytes(), usedforsecurity=False).hexdigest()
    sent = open_picture(data)
    assert sent.mode in ("CMYK", "F") or digest == pixel_hash(sent)


def test_texts_of_saved_pictures_stay(engine: Engine) -> None:
    image = scene().convert("RGBA")
    image.putalpha(40)
    image.info["parameters"] = "a cat"
    output = OutputOptions(save_init_img=True)
    data = encoded(image, pnginfo=None)
    run(engine, img2img=Img2Img(images=(data,)), output=output)
    saved = engine.settings.folders.data / output.outdir_init_images / f"{pixel_hash(image)}.png"
    assert open_picture(saved).mode == "RGBA"


def run(engine: Engine, **changes: Any) -> GenerationResult:
    request = make_request(engine.settings.folders.models, steps=1, denoising_strength=0.9, **changes)
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result


@pytest.mark.parametrize("size", [(1, 1), (7, 64), (64, 7)])
def test_pictures_smaller_than_a_latent_cell_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidRequest, match="8x8") as caught:
        prepared(Img2Img(images=(encoded(scene(*size)),), resize_mode=LATENT))
    assert caught.value.field == "start.images.0"


def test_pictures_of_several_sizes_are_refused_where_none_is_resized() -> None:
    pictures = (encoded(scene(64, 48)), encoded(scene(48, 64)))
    with pytest.raises(InvalidRequest, match="one size") as caught:
        prepared(Img2Img(images=pictures, resize_mode=LATENT), batch_size=2)
    assert caught.value.field == "start.images.1"
    assert len(prepared(Img2Img(images=pictures), batch_size=2).images) == 2


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (200, 1), (3, 5)])
@pytest.mark.parametrize("mode", [0, 1, 2])
def test_pictures_of_a_few_pixels_are_enlarged(mode: int, size: tuple[int, int]) -> None:
    (made,) = prepared(Img2Img(images=(encoded(scene(*size)),), resize_mode=mode)).images
    assert made.size == (64, 48)


@pytest.mark.parametrize("only_masked", [True, False])
@pytest.mark.parametrize("size", [(40, 24), (96, 96)])
def test_soft_inpainting_fits_pictures_of_another_size(
    engine: Engine, size: tuple[int, int], only_masked: bool
) -> None:
    mask = Image.new("L", size, 0)
    mask.paste(255, (0, 0, size[0] // 2, size[1]))
    inpaint = Inpaint(mask=encoded(mask), fill=1, only_masked=only_masked, blur_x=0, blur_y=0)
    source = Img2Img(images=(encoded(scene(*size)),), resize_mode=LATENT, inpaint=inpaint)
    result = run(engine, img2img=source, always_on=(SOFT,))
    assert open_picture(result.images[0]).size == (size if only_masked else (64, 64))
