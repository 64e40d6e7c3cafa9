"""Changes of checkpoint within a job: what they end, what stays, and the inputs of each network."""

from __future__ import annotations

import io
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Churn, GenerationRequest, Hires, Img2Img, Inpaint, Refiner
from pipelines.contract.results import GenerationResult
from pipelines.denoising.model_call import CallHook, ModelCall
from pipelines.engine.engine import Engine
from pipelines.families.model import LoadedModel
from pipelines.generation.hooks import hook
from pipelines.generation.job import GenerationJob
from pipelines.generation.models import same_kind
from pipelines.generation.sampling_pass import SamplingPass
from tests.derived_checkpoints import FIRST_CONVOLUTION, models_with_derived
from tests.engines import make_engine, make_request, pixels, take_options
from tests.pipelines.generation.staging import job_of

BASE, COPY, OTHER, INPAINTING, EDITING = (
    "tiny-sd1",
    "tiny-sd1-copy",
    "tiny-sd1-other",
    "tiny-sd1-inpainting",
    "tiny-sd1-ip2p",
)


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    models = models_with_derived(models_dir, tmp_path_factory.mktemp("models"))
    checkpoints = models / "Stable-diffusion"
    shutil.copy(checkpoints / f"{BASE}.safetensors", checkpoints / f"{COPY}.safetensors")
    tensors = load_file(checkpoints / f"{BASE}.safetensors")
    tensors[FIRST_CONVOLUTION] = tensors[FIRST_CONVOLUTION] * 0.9
    save_file(tensors, checkpoints / f"{OTHER}.safetensors")
    made = make_engine(models, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def path_of(engine: Engine, name: str) -> str:
    return str(engine.settings.folders.models / "Stable-diffusion" / f"{name}.safetensors")


def request_of(engine: Engine, checkpoint: str = BASE, **changes: Any) -> GenerationRequest:
    options = take_options(changes)
    refiner = changes.pop("refiner", None)
    if refiner is not None:
        changes["refiner"] = Refiner(checkpoint=path_of(engine, refiner))
    request = make_request(engine.settings.folders.models, steps=2, **changes)
    request = replace(request, checkpoint=path_of(engine, checkpoint))
    return replace(request, options=options)


def generate(engine: Engine, checkpoint: str = BASE, **changes: Any) -> GenerationResult:
    result = engine.run(request_of(engine, checkpoint, **changes))
    assert isinstance(result, GenerationResult)
    return result


def png(size: tuple[int, int] = (64, 64), mode: str = "RGB", color: Any = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, color).save(buffer, "PNG")
    return buffer.getvalue()


@dataclass
class Watcher:
    """Notes every model call: whose it is, and its tensors."""

    calls: list[ModelCall] = field(default_factory=list[ModelCall])

    @hook
    def begin_pass(self, job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
        return self.note

    def note(self, call: ModelCall) -> ModelCall:
        self.calls.append(call)
        return call

    @property
    def names(self) -> list[str]:
        return [call.model.name for call in self.calls]


@contextmanager
def watched(engine: Engine) -> Generator[Watcher, None, None]:
    """Every model call within."""
    watcher = Watcher()
    manager: Any = engine.services.hooks._manager  # pyright: ignore[reportPrivateUsage]
    engine.services.hooks.register(watcher)
    try:
        yield watcher
    finally:
        manager.unregister(watcher)


def differ(one: GenerationResult, other: GenerationResult, index: int = 0) -> bool:
    return bool(np.any(pixels(one, index) != pixels(other, index)))


def test_a_kind_is_a_family_its_inputs_and_its_config(engine: Engine) -> None:
    def load(name: str) -> LoadedModel:
        return engine.services.load_checkpoint(path_of(engine, name), GenerationOptions())

    assert same_kind(load(BASE), load(OTHER))
    assert not same_kind(load(BASE), load(INPAINTING))
    assert not same_kind(load(INPAINTING), load(EDITING))
    config = Path(path_of(engine, COPY)).with_suffix(".yaml")
    config.write_text("model: {params: {parameterization: eps}}")
    try:
        assert not same_kind(load(BASE), load(COPY))
    finally:
        config.unlink()


@pytest.mark.slow
def test_tiling_ends_with_the_refiner_for_the_rest_of_the_job(engine: Engine) -> None:
    plain = generate(engine, refiner=COPY, batch_count=2)
    tiled = generate(engine, refiner=COPY, batch_count=2, tiling=True)
    assert not differ(plain, tiled, 0) and not differ(plain, tiled, 1)
    assert "Tiling: True" in tiled.info["infotexts"][1]
    assert differ(generate(engine), generate(engine, tiling=True))


@pytest.mark.slow
def test_tiling_ends_with_a_hires_checkpoint(engine: Engine) -> None:
    def made(checkpoint: str | None, *, tiling: bool) -> GenerationResult:
        path = None if checkpoint is None else path_of(engine, checkpoint)
        hires = Hires(scale=1.5, upscaler="Lanczos", checkpoint=path)
        return generate(engine, hires=hires, denoising_strength=1.0, tiling=tiling)

    assert differ(made(COPY, tiling=True), made(None, tiling=True))
    assert not differ(made(COPY, tiling=False), made(None, tiling=False))


@pytest.mark.parametrize("checkpoint", [INPAINTING, EDITING])
def test_networks_and_merged_tokens_stay_with_their_kind(engine: Engine, checkpoint: str) -> None:
    start: dict[str, Any] = {"refiner": BASE}
    if checkpoint == EDITING:
        start |= {"img2img": Img2Img(images=(png(),)), "denoising_strength": 0.9}
    plain = generate(engine, checkpoint, **start)
    changed = generate(
        engine,
        checkpoint,
        **start,
        prompt="a red circle on a white background<lora:tiny-lora-unet-te:1>",
        token_merging_ratio=0.5,
        token_merging_ratio_img2img=0.5,
        hypertile_enable_unet=True,
    )
    assert not differ(plain, changed)
    assert "Lora hashes" in changed.info["extra_generation_params"]


def test_networks_go_over_to_a_refiner_of_the_same_kind(engine: Engine) -> None:
    lora = "a red circle on a white background<lora:tiny-lora-unet-te:1>"
    assert not differ(generate(engine, refiner=COPY, prompt=lora), generate(engine, prompt=lora))
    merged = generate(engine, refiner=COPY, token_merging_ratio=0.5)
    assert not differ(merged, generate(engine, token_merging_ratio=0.5))


def test_a_refiner_takes_no_more_inputs_than_the_checkpoint(engine: Engine) -> None:
    with watched(engine) as watcher:
        generate(engine, INPAINTING, refiner=BASE)
    assert {(call.model.name, call.x.shape[1]) for call in watcher.calls} == {(BASE, 4)}
    for checkpoint in (BASE, EDITING):
        start: dict[str, Any] = {"img2img": Img2Img(images=(png(),)), "denoising_strength": 0.9}
        with pytest.raises(InvalidRequest, match="9 channels") as caught:
            generate(engine, checkpoint, refiner=INPAINTING, **start)
        assert caught.value.field == "refiner.checkpoint"


def test_a_checkpoint_that_edits_pictures_is_blamed_when_there_is_none(engine: Engine) -> None:
    with pytest.raises(InvalidRequest, match="send it to img2img") as caught:
        generate(engine, EDITING)
    assert caught.value.field == "checkpoint"


@pytest.mark.parametrize(
    ("passes", "expected"),
    [
        ("first pass", [OTHER, BASE]),
        ("second pass", [BASE, OTHER]),
        ("both passes", [OTHER, OTHER]),
    ],
)
def test_the_second_pass_starts_with_the_base(engine: Engine, passes: str, expected: list[str]) -> None:
    hires = Hires(scale=1.5, upscaler="Lanczos")
    with watched(engine) as watcher:
        generate(engine, hires=hires, denoising_strength=0.6, refiner=OTHER, hires_fix_refiner_pass=passes)
    sides = [call.x.shape[-1] for call in watcher.calls]
    assert [name for name, side in zip(watcher.names, sides, strict=True) if side == 8] == [expected[0]] * 2
    assert [name for name, side in zip(watcher.names, sides, strict=True) if side == 12] == [expected[1]] * 2


def told(watcher: Watcher, index: int = 0) -> Tensor:
    """The picture channels of a call of an inpainting network, of the prompt's rows."""
    call = watcher.calls[index]
    return call.x[: len(call.x) // 2, 5:]


def test_grey_is_told_with_the_noise_of_the_last_seed(engine: Engine) -> None:
    with watched(engine) as watcher:
        generate(engine, INPAINTING, batch_size=2, batch_count=2)
    model = engine.services.load_checkpoint(path_of(engine, INPAINTING), GenerationOptions())
    grey = torch.full((2, 3, 64, 64), 0.5)
    for index, seed in ((0, 2), (2, 4)):
        noise = torch.Generator().manual_seed(seed)
        expected = model.encode_pixels(grey, generator=noise, together=True)
        torch.testing.assert_close(told(watcher, index), expected)


def test_the_second_pass_draws_where_the_first_left_off(engine: Engine) -> None:
    hires = Hires(scale=1.5, upscaler="Lanczos")
    with watched(engine) as watcher:
        generate(engine, INPAINTING, hires=hires, denoising_strength=0.6)
    noise = torch.Generator().manual_seed(1)
    torch.randn((1, 4, 8, 8), generator=noise)  # told in the first pass
    torch.randn((1, 4, 12, 12), generator=noise)  # encoded for the second
    model = engine.services.load_checkpoint(path_of(engine, INPAINTING), GenerationOptions())
    grey = model.encode_pixels(torch.full((1, 3, 96, 96), 0.5), generator=noise, together=True)
    torch.testing.assert_close(told(watcher, -1), grey)


@pytest.mark.parametrize(
    ("base", "second", "upscaler", "weight", "expected"),
    [
        (INPAINTING, None, "Lanczos", 1.0, True),
        (BASE, INPAINTING, "Lanczos", 1.0, True),
        (BASE, INPAINTING, "Latent", 0.5, True),
        (INPAINTING, BASE, "Lanczos", 1.0, True),
        (INPAINTING, BASE, "Latent", 1.0, False),
        (BASE, OTHER, "Lanczos", 0.5, False),
    ],
)
def test_infotexts_say_when_a_mask_was_told(
    engine: Engine, base: str, second: str | None, upscaler: str, weight: float, expected: bool
) -> None:
    path = None if second is None else path_of(engine, second)
    hires = Hires(scale=1.5, upscaler=upscaler, checkpoint=path)
    changes: dict[str, Any] = {"hires": hires, "denoising_strength": 0.6, "inpainting_mask_weight": weight}
    made = generate(engine, base, **changes)
    assert made.info["is_using_inpainting_conditioning"] is expected
    assert (f"Conditional mask weight: {weight}" in made.info["infotexts"][0]) is expected


def test_a_refiner_does_not_change_what_infotexts_say_of_the_checkpoint(engine: Engine) -> None:
    assert generate(engine, INPAINTING, refiner=BASE).info["is_using_inpainting_conditioning"]
    start = Img2Img(images=(png(),), image_cfg_scale=1.5)
    made = generate(engine, EDITING, refiner=BASE, img2img=start, denoising_strength=0.9)
    assert "Image CFG scale: 1.5" in made.info["infotexts"][0]


@pytest.mark.parametrize("checkpoint", [INPAINTING, EDITING])
def test_pictures_of_another_size_are_told_at_the_size_of_the_latents(
    engine: Engine, checkpoint: str
) -> None:
    start = Img2Img(images=(png((128, 96)),), resize_mode=3, inpaint=Inpaint(mask=png(mode="L", color=255)))
    for img2img in (replace(start, inpaint=None), start):
        with watched(engine) as watcher:
            generate(engine, checkpoint, img2img=img2img, denoising_strength=0.9)
        assert {call.x.shape[-2:] for call in watcher.calls} == {(8, 8)}


@pytest.mark.parametrize(("level", "everywhere"), [(0.001, False), (5.0, False), (5.0, True)])
def test_skipped_prompts_are_told_where_they_are_skipped(
    engine: Engine, level: float, everywhere: bool
) -> None:
    request = request_of(engine, churn=Churn(s_min_uncond=level), s_min_uncond_all=everywhere)
    made = engine.run(replace(request, steps=6))
    assert isinstance(made, GenerationResult)
    skipped = {} if level < 1 else {"NGMS": level} | ({"NGMS all steps": True} if everywhere else {})
    assert made.info["extra_generation_params"] == skipped


def test_an_edit_never_skips_the_negative_prompt(engine: Engine) -> None:
    start = Img2Img(images=(png(),), image_cfg_scale=1.5)
    changes: dict[str, Any] = {"img2img": start, "denoising_strength": 0.9}
    made = generate(engine, EDITING, churn=Churn(s_min_uncond=100.0), **changes)
    assert "NGMS" not in made.info["extra_generation_params"]
    assert not differ(made, generate(engine, EDITING, **changes))


def test_the_last_pass_names_its_networks(engine: Engine) -> None:
    hires = Hires(scale=1.5, prompt="a<lora:tiny-lokr:1>")
    for first in (False, True):
        made = generate(
            engine,
            prompt="a<lora:tiny-ia3:1>",
            hires=hires,
            denoising_strength=0.6,
            hires_fix_use_firstpass_conds=first,
        )
        assert made.info["extra_generation_params"]["Lora hashes"].startswith("tiny-lokr: ")


def test_a_lease_has_the_patches_of_its_job(engine: Engine) -> None:
    tiled = job_of(engine, request_of(engine, tiling=True))
    plain = job_of(engine, request_of(engine))
    with tiled.models.lease() as model:
        assert model.patches.tiling
    with plain.models.lease() as model:
        assert not model.patches.tiling
    with tiled.models.lease() as model:
        assert model.patches.tiling


def test_a_lease_that_outlives_a_step_is_a_bug_that_says_so(engine: Engine) -> None:
    tiled = job_of(engine, request_of(engine, tiling=True))
    plain = job_of(engine, request_of(engine))
    changed = pytest.raises(RuntimeError, match="while they were leased")
    with changed, tiled.models.lease(), plain.models.lease():
        pass
