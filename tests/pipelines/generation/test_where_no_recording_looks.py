"""Behaviour of the original that is described and that no recorded answer shows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import in_one_go
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import Hires, Img2Img, Inpaint, PerPicture, Refiner, ScriptCall, Seeds
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.generation.texts import expand_seeds, expand_texts
from pipelines.pictures.resize import FILL, flatten, resize_picture
from pipelines.pictures.tiles import split_grid
from pipelines.postprocess.upscale.resample import undivided, upscale
from pipelines.sampling.noise_table import NoiseTable, override_alphas
from tests.engines import CHECKPOINT, make_engine, make_request, take_options


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def png(size: tuple[int, int] = (64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, "PNG")
    return buffer.getvalue()


def generate(engine: Engine, **changes: Any) -> GenerationResult:
    options = take_options(changes)
    request = make_request(engine.settings.folders.models, steps=1, **changes)
    result = engine.run(replace(request, options=options))
    assert isinstance(result, GenerationResult)
    return result


def pairs(result: GenerationResult) -> list[str]:
    return list(result.info["extra_generation_params"])


def script(name: str, *args: Any) -> dict[str, Any]:
    return {"script": ScriptCall(name=name, args=args)}


IMG2IMG: dict[str, Any] = {"img2img": Img2Img(images=(png(),)), "denoising_strength": 0.9}


def test_pictures_keep_their_own_prompts_in_the_second_pass(models_dir: Path) -> None:
    own = PerPicture(prompts=("a", "b", "c"), seeds=(7, 7, 7))
    request = make_request(models_dir, batch_size=2, batch_count=2, per_picture=own, hires=Hires())
    texts = expand_texts(request)
    assert texts.prompts == texts.hires_prompts == ("a", "b", "c")
    assert len(texts.negative_prompts) == len(texts.hires_negative_prompts) == 3
    assert [len(some) for some in expand_seeds(request)] == [3, 3]
    named = expand_texts(replace(request, hires=Hires(prompt="d")))
    assert named.hires_prompts == ("d",) * 3


@pytest.mark.parametrize("parts", ["a|b|c", "a|b"])
def test_a_matrix_need_not_fill_the_last_batch(engine: Engine, parts: str) -> None:
    args = (False, False, "positive", "comma", 0)
    made = generate(engine, prompt=parts, batch_size=3, **script("prompt matrix", *args))
    assert len(made.images) == 1 + 2 ** parts.count("|")


def test_pairs_stand_where_the_original_writes_them(engine: Engine) -> None:
    made = generate(
        engine,
        **IMG2IMG,
        prompt="a <lora:tiny-lora-unet-te:1>",
        initial_noise_multiplier=1.1,
        use_downcasted_alpha_bar=True,
        hypertile_enable_unet=True,
        img2img_extra_noise=0.1,
    )
    found = [name for name in pairs(made) if name != "Mask blur"]
    assert found == [
        "Hypertile U-Net",
        "Denoising strength",
        "Lora hashes",
        "Downcast alphas_cumprod",
        "Extra noise",
        "Noise multiplier",
    ]


def test_a_refiner_that_samples_already_takes_no_part(engine: Engine) -> None:
    path = str(engine.settings.folders.models / "Stable-diffusion" / CHECKPOINT)
    made = generate(engine, refiner=Refiner(checkpoint=path, switch_at=0.5))
    assert not any(name.startswith("Refiner") for name in pairs(made))


def test_an_unknown_upscaler_of_img2img_means_lanczos(engine: Engine) -> None:
    made = generate(engine, **IMG2IMG, upscaler_for_img2img="foo")
    assert any("Lanczos" in warning for warning in made.warnings)


def test_merged_tokens_are_told_as_they_are_merged(engine: Engine) -> None:
    made = generate(engine, **IMG2IMG, token_merging_ratio_img2img=0.5)
    assert "Token merging ratio: 0.5" in made.info["infotexts"][0]
    hires = generate(engine, hires=Hires(scale=1.5), denoising_strength=0.5, token_merging_ratio=0.3)
    assert "Token merging ratio hr: 0.3" in hires.info["infotexts"][0]


def test_hires_prompts_can_be_read_under_the_first_pass_networks(engine: Engine) -> None:
    hires: dict[str, Any] = {
        "hires": Hires(scale=1.5, prompt="a <lora:tiny-lora-unet-te:1>"),
        "denoising_strength": 0.8,
        "prompt": "a",
    }
    made = [generate(engine, **hires, hires_fix_use_firstpass_conds=on) for on in (False, True)]
    assert made[0].images[0] != made[1].images[0]


def test_names_stay_in_their_folder(engine: Engine) -> None:
    output = OutputOptions(save_to_dirs=False, samples_filename_pattern="../sub/[seed]")
    made = generate(engine, output=output, save_images=True)
    assert Path(made.files[0]).name == "00000-.._sub_1.png"


def test_random_seeds_of_a_list_differ_from_line_to_line(engine: Engine) -> None:
    seeds = Seeds(seed=5, subseed=5, random=True)

    def told(*args: Any, text: str = "a\nb") -> list[str]:
        made = generate(engine, seeds=seeds, **script("prompts from file or textbox", *args, "start", text))
        return [text.partition("Seed: ")[2].partition(",")[0] for text in made.info["infotexts"]]

    free = told(False, False)
    assert free[0] != free[1] and "5" not in free
    assert told(False, True) == ["5", "5"]
    assert told(True, False) == told(True, True) == ["5", "6"]
    drawn = told(False, True, text="--prompt a --seed -1\n--prompt b --seed x")
    assert drawn[0] not in ("-1", "5") and drawn[1] == "5"


def test_a_table_in_half_precision_is_compared_in_full() -> None:
    alphas = 1 - 0.9 * torch.linspace(0.001, 1.0, 1000)
    table = NoiseTable(override_alphas(alphas, downcast=True, zero_terminal=False))
    sigma = table.sigmas[800].float() * 1.0003
    assert float(table.sigma_to_t(sigma)) != round(float(table.sigma_to_t(sigma)))


def test_pictures_of_a_few_pixels_are_resized() -> None:
    assert in_one_go(upscale(Image.new("RGB", (3, 3)), 2, undivided(lambda image: image))).size == (8, 8)
    assert resize_picture(FILL, Image.new("RGB", (1, 300)), 64, 64).size == (64, 64)
    assert split_grid(8, 8, 192, 192, 8).xs != ()
    with pytest.raises(InvalidRequest, match="overlap"):
        split_grid(64, 64, 32, 32, 32)
    with pytest.raises(InvalidRequest, match="no colour"):
        flatten(Image.new("RGBA", (2, 2)), "zz")


def test_init_pictures_are_saved_under_their_hashes(engine: Engine) -> None:
    output = OutputOptions(save_init_img=True)
    made = generate(engine, **IMG2IMG, output=output)
    digest = made.info["extra_generation_params"]["Init image hash"]
    path = engine.settings.folders.data / output.outdir_init_images / f"{digest}.png"
    with Image.open(path) as image:
        assert image.size == (64, 64)
    assert not made.files


def test_what_does_not_go_together_is_an_error_that_names_it(engine: Engine) -> None:
    mask = io.BytesIO()
    Image.new("L", (96, 96), 255).save(mask, "PNG")
    inpaint = Inpaint(mask=mask.getvalue(), only_masked=False, fill=0)
    latent = Img2Img(images=(png((96, 96)),), resize_mode=3, inpaint=inpaint)
    with pytest.raises(InvalidRequest, match="64x64") as caught:
        generate(engine, img2img=latent, denoising_strength=0.9)
    assert caught.value.field == "mask.fill"
    output = OutputOptions(grid_background_color="zz", grid_save=True)
    with pytest.raises(InvalidRequest, match="no colour") as colour:
        generate(engine, batch_size=2, save_images=True, output=output)
    assert colour.value.field == "options.grid_background_color"
