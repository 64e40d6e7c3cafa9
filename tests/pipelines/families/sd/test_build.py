"""Checkpoints load strictly: every tensor is used, and an error names what a file lacks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, CorruptFile, MissingWeights, UnsupportedModel
from pipelines.contract.heed import advancing
from pipelines.families.base import PredictionType
from pipelines.families.load import load_checkpoint
from pipelines.families.loading.open_clip_names import open_clip_tensor
from pipelines.families.model import LoadedModel
from pipelines.families.precision import Precision
from pipelines.families.sd.layer_names import ldm_layer_names
from pipelines.sampling.model_noise import VpNoise


@pytest.fixture(scope="module")
def sd1_path(models_dir: Path) -> Path:
    return models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"


@pytest.fixture(scope="module")
def tensors(sd1_path: Path) -> dict[str, Tensor]:
    return load_file(sd1_path)


@pytest.fixture(scope="module")
def sd1(sd1_path: Path) -> LoadedModel:
    return load_checkpoint(sd1_path)


def noise_of(model: LoadedModel) -> VpNoise:
    assert isinstance(model.noise, VpNoise)
    return model.noise


def saved(tmp_path: Path, tensors: dict[str, Tensor], name: str = "model.safetensors") -> Path:
    """Write a checkpoint file."""
    save_file(tensors, tmp_path / name)
    return tmp_path / name


def test_sd1_facts(sd1: LoadedModel) -> None:
    assert sd1.family.name == "sd1"
    assert not noise_of(sd1).v_prediction
    assert sd1.conditioning == "none"
    assert (sd1.in_channels, sd1.latents.channels, sd1.context_width) == (4, 4, 64)
    assert sd1.unet.config["block_out_channels"] == (32, 32, 64, 64)
    assert len(sd1.text_encoders) == 1
    assert sd1.family.encoders(sd1, autocast=True)[0].width == 64
    assert sd1.warnings == ()


def test_every_parameter_has_the_files_values(sd1: LoadedModel, tensors: dict[str, Tensor]) -> None:
    text = sd1.text_encoders[0].module.state_dict()
    prefix = "cond_stage_model.transformer.text_model."
    for name in text:
        assert torch.equal(text[name], tensors[prefix + name].float())
    queries = sd1.codec.module.state_dict()["encoder.mid_block.attentions.0.to_q.weight"]
    assert torch.equal(queries, tensors["first_stage_model.encoder.mid.attn_1.q.weight"].float()[:, :, 0, 0])
    total = sum(
        p.numel()
        for part in ("backbone", "text", "vae")
        for m in sd1.modules_of(part)
        for p in m.parameters()
    )
    assert total == sum(t.numel() for name, t in tensors.items() if not name.endswith("position_ids"))


def test_nothing_is_left_on_the_meta_device(sd1: LoadedModel) -> None:
    for part in ("backbone", "text", "vae"):
        for module in sd1.modules_of(part):
            assert all(t.device.type == "cpu" for t in (*module.parameters(), *module.buffers()))
            assert not module.training


def test_noise_table_is_computed(sd1: LoadedModel) -> None:
    sigmas = ((1 - noise_of(sd1).alphas_cumprod) / noise_of(sd1).alphas_cumprod).sqrt()
    assert sigmas.dtype == torch.float32
    assert sigmas[[0, 500, 999]].tolist() == pytest.approx([0.029167533, 1.6182789, 14.614642], rel=1e-5)


def test_noise_table_of_the_file_wins(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    stored = torch.linspace(0.99, 0.01, 1000).half()
    model = load_checkpoint(saved(tmp_path, {**tensors, "alphas_cumprod": stored}))
    assert torch.equal(noise_of(model).alphas_cumprod, stored.float())


def test_pickle_gives_the_same_model(tmp_path: Path, tensors: dict[str, Tensor], sd1: LoadedModel) -> None:
    path = tmp_path / "model.ckpt"
    torch.save({"state_dict": tensors, "global_step": 7}, path)
    model = load_checkpoint(path)
    ours, theirs = model.unet.state_dict(), sd1.unet.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_clip_names_without_text_model(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    bare = {name.replace("transformer.text_model.", "transformer."): t for name, t in tensors.items()}
    assert load_checkpoint(saved(tmp_path, bare)).text_encoders[0].module.state_dict()


def test_ignorable_and_foreign_tensors(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    extra = {"model_ema.decay": torch.ones(1), "betas": torch.ones(3), "stray.weight": torch.ones(2)}
    model = load_checkpoint(saved(tmp_path, {**tensors, **extra}))
    assert len(model.warnings) == 1
    assert "stray.weight" in model.warnings[0]
    assert "1 tensors" in model.warnings[0]


@pytest.mark.parametrize(
    "name",
    [
        "model.diffusion_model.middle_block.0.in_layers.0.weight",
        "first_stage_model.decoder.norm_out.bias",
        "cond_stage_model.transformer.text_model.final_layer_norm.bias",
    ],
)
def test_missing_tensors_are_reported(tmp_path: Path, tensors: dict[str, Tensor], name: str) -> None:
    path = saved(tmp_path, {key: tensor for key, tensor in tensors.items() if key != name})
    words = r"model\.safetensors: the checkpoint.s (UNet|VAE|text encoder).* lacks 1 tensors"
    with pytest.raises(CorruptFile, match=words):
        load_checkpoint(path)


def test_a_wrong_shape_is_reported(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    name = "model.diffusion_model.middle_block.0.in_layers.0.weight"
    with pytest.raises(CorruptFile, match="other shapes"):
        load_checkpoint(saved(tmp_path, {**tensors, name: torch.ones(3)}))


def without(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {key: tensor for key, tensor in tensors.items() if not key.startswith(prefix)}


def test_a_checkpoint_without_vae_says_so(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    with pytest.raises(MissingWeights, match=r"no VAE.*sd_vae") as caught:
        load_checkpoint(saved(tmp_path, without(tensors, "first_stage_model.")))
    assert caught.value.field == "options.sd_vae"


def test_a_checkpoint_without_vae_takes_a_file(
    tmp_path: Path, tensors: dict[str, Tensor], sd1: LoadedModel
) -> None:
    path = saved(tmp_path, without(tensors, "first_stage_model."))
    prefix = "first_stage_model."
    vae = {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
    save_file(vae, tmp_path / "vae.safetensors")
    model = load_checkpoint(path, vae=tmp_path / "vae.safetensors")
    assert model.vae_path == tmp_path / "vae.safetensors"
    assert model.codec.latents == sd1.codec.latents
    ours, theirs = model.codec.module.state_dict(), sd1.codec.module.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_checkpoint_without_text_encoder_says_so(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    with pytest.raises(MissingWeights, match=r"no text encoder \(CLIP\)"):
        load_checkpoint(saved(tmp_path, without(tensors, "cond_stage_model.")))


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ("conditioner.embedders.0.", r"no text encoder \(CLIP\)"),
        ("conditioner.", r"no text encoder \(CLIP\)"),
        ("conditioner.embedders.1.", r"no text encoder \(OpenCLIP\)"),
        ("conditioner.embedders.1.model.ln_final.", r"text encoder \(OpenCLIP\) can't be used"),
    ],
)
def test_sdxl_without_a_text_encoder_says_which(
    tmp_path: Path, parity_dir: Path, lost: str, words: str
) -> None:
    tensors = load_file(parity_dir / "models" / "Stable-diffusion" / "tiny-sdxl.safetensors")
    with pytest.raises((MissingWeights, CorruptFile, UnsupportedModel), match=words):
        load_checkpoint(saved(tmp_path, without(tensors, lost)))


def test_truncated_file(tmp_path: Path, sd1_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes(sd1_path.read_bytes()[:1_000_000])
    with pytest.raises(CorruptFile, match=r"cut\.safetensors is truncated"):
        load_checkpoint(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match="does not exist"):
        load_checkpoint(tmp_path / "nothing.safetensors")


def test_inpainting_and_editing_models(tmp_path: Path, tensors: dict[str, Tensor]) -> None:
    name = "model.diffusion_model.input_blocks.0.0.weight"
    for channels, kind in ((9, "inpaint"), (8, "edit")):
        model = load_checkpoint(
            saved(tmp_path, {**tensors, name: torch.zeros(32, channels, 3, 3)}, f"{kind}.safetensors")
        )
        assert (model.in_channels, model.conditioning) == (channels, kind)
        answer = model.predict(torch.zeros(1, channels, 8, 8), torch.tensor([5.0]), torch.zeros(1, 77, 64))
        assert answer.shape == (1, 4, 8, 8)


def test_yaml_beside_the_checkpoint_wins(tmp_path: Path, sd1_path: Path) -> None:
    path = tmp_path / "tuned.safetensors"
    shutil.copy(sd1_path, path)
    path.with_suffix(".yaml").write_text(
        "model:\n  params:\n    parameterization: v\n    linear_start: 0.001\n    linear_end: 0.02\n"
        "    scale_factor: 0.5\n    unet_config:\n      params:\n        num_heads: 4\n"
    )
    model = load_checkpoint(path)
    assert noise_of(model).v_prediction
    assert model.latents.scale == 0.5
    assert model.codec.latents.scale == 0.5
    assert model.unet.config["attention_head_dim"] == (4, 4, 4, 4)
    assert noise_of(model).alphas_cumprod[0].item() == pytest.approx(0.999)


def test_broken_yaml_is_named(tmp_path: Path, sd1_path: Path) -> None:
    path = tmp_path / "tuned.safetensors"
    shutil.copy(sd1_path, path)
    path.with_suffix(".yaml").write_text("model: [")
    with pytest.raises(CorruptFile, match=r"tuned\.yaml"):
        load_checkpoint(path)


def test_unknown_beta_schedule_is_refused(tmp_path: Path, sd1_path: Path) -> None:
    path = tmp_path / "tuned.safetensors"
    shutil.copy(sd1_path, path)
    path.with_suffix(".yaml").write_text("model: {params: {beta_schedule: zigzag}}")
    with pytest.raises(UnsupportedModel, match="zigzag"):
        load_checkpoint(path)


def test_precision_is_chosen_per_part(sd1_path: Path) -> None:
    precision = Precision(unet=torch.bfloat16, text=torch.float32, vae=torch.float32)
    model = load_checkpoint(sd1_path, precision=precision)
    assert {p.dtype for p in model.unet.parameters()} == {torch.bfloat16}
    assert model.codec.dtype == torch.float32
    assert (
        model.predict(torch.zeros(1, 4, 8, 8), torch.tensor([946.42]), torch.zeros(1, 77, 64)).dtype
        == torch.bfloat16
    )


@pytest.mark.parametrize(
    ("file", "family", "prediction", "encoders"),
    [
        ("tiny-sd1-b", "sd1", "epsilon", 1),
        ("tiny-sd2", "sd2", "v_prediction", 1),
        ("tiny-sdxl", "sdxl", "epsilon", 2),
    ],
)
def test_recorded_checkpoints(
    parity_dir: Path, file: str, family: str, prediction: PredictionType, encoders: int
) -> None:
    path = parity_dir / "models" / "Stable-diffusion" / f"{file}.safetensors"
    model = load_checkpoint(path)
    assert (model.family.name, noise_of(model).v_prediction) == (family, prediction == "v_prediction")
    assert len(model.text_encoders) == encoders
    assert model.warnings == ()


def test_open_clip_thirds_are_query_key_and_value(parity_dir: Path) -> None:
    path = parity_dir / "models" / "Stable-diffusion" / "tiny-sd2.safetensors"
    tensors = load_file(path)
    model = load_checkpoint(path).text_encoders[0].module.state_dict()
    fused = tensors["cond_stage_model.model.transformer.resblocks.1.attn.in_proj_weight"].float()
    for third, name in enumerate("qkv"):
        layer = f"text_model.encoder.layers.1.self_attn.{name}_proj.weight"
        assert open_clip_tensor(layer).third == third
        assert torch.equal(model[layer], fused[64 * third : 64 * (third + 1)])
    projection = tensors["cond_stage_model.model.text_projection"].float()
    assert torch.equal(model["text_projection.weight"], projection.t())


def test_layers_have_the_names_that_networks_use(sd1: LoadedModel) -> None:
    names = ldm_layer_names(sd1)
    layer = names["diffusion_model_input_blocks_1_1_transformer_blocks_0_attn1_to_q"]
    assert (
        layer is dict(sd1.unet.named_modules())["down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"]
    )
    assert "transformer_text_model_encoder_layers_0_self_attn_q_proj" in names
    assert "diffusion_model_output_blocks_5_2_conv" in names


def test_a_job_that_is_given_up_is_no_fault_of_the_file(sd1_path: Path) -> None:
    control = JobControl()
    control.ask(Action.CANCEL)
    with advancing(control), pytest.raises(Cancelled) as ended:
        load_checkpoint(sd1_path)
    assert ended.value.message == "the job was cancelled"
