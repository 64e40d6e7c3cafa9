"""Patches on a whole model: everything that they touch is put back, and nothing is done twice."""

import resource
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from pipelines.adapters.patching.patcher import Patcher
from pipelines.families.clip.encoder import core_of
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES, HypernetworkUse, NetworkUse, Patches


@pytest.fixture(scope="module")
def models(root: Path) -> Path:
    return root / "tests" / "data" / "models"


@pytest.fixture(scope="module")
def model(models: Path) -> LoadedModel:
    loaded = load_checkpoint(models / "Stable-diffusion" / "tiny-sd1.safetensors")
    loaded.patcher = Patcher()
    return loaded


def use(models: Path, name: str, te: float = 1.0, unet: float = 1.0) -> NetworkUse:
    return NetworkUse(path=str(models / "Lora" / f"{name}.safetensors"), name=name, te=te, unet=unet)


def state(model: LoadedModel) -> dict[str, Tensor]:
    parts = {"unet": model.unet, "text": model.text_encoders[0].module, "vae": model.codec.module}
    named = ((f"{part}.{key}", tensor) for part, m in parts.items() for key, tensor in m.state_dict().items())
    return {key: tensor.clone() for key, tensor in named}


def changed(before: dict[str, Tensor], after: dict[str, Tensor]) -> set[str]:
    return {key for key, tensor in before.items() if not torch.equal(tensor, after[key])}


def unet_output(model: LoadedModel) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(1, 4, 8, 8, generator=generator)
    context = torch.randn(1, 77, model.context_width, generator=generator)
    return model.predict(x, torch.tensor([500.0]), context)


@pytest.mark.parametrize(
    ("name", "layers", "text_layers"),
    [
        ("tiny-lora-unet-te", 220, 60),
        ("tiny-lora-conv", 74, 0),
        ("tiny-lokr", 160, 0),
        ("tiny-ia3", 80, 0),
        ("tiny-norm", 32, 0),
    ],
)
def test_every_layer_of_a_file_is_changed_and_restored(
    model: LoadedModel, models: Path, name: str, layers: int, text_layers: int
) -> None:
    before = state(model)
    assert model.apply(Patches(networks=(use(models, name),))) == ()
    touched = changed(before, state(model))
    assert (len(touched), len([key for key in touched if key.startswith("text.")])) == (layers, text_layers)
    model.apply(NO_PATCHES)
    assert changed(before, state(model)) == set()


def test_strengths_of_text_encoder_and_unet(model: LoadedModel, models: Path) -> None:
    before = state(model)
    model.apply(Patches(networks=(use(models, "tiny-lora-unet-te", te=0.0),)))
    assert all(key.startswith("unet.") for key in changed(before, state(model)))
    model.apply(Patches(networks=(use(models, "tiny-lora-unet-te", unet=0.0),)))
    assert all(key.startswith("text.") for key in changed(before, state(model)))
    model.apply(NO_PATCHES)


def test_lora_on_a_known_layer(model: LoadedModel, models: Path) -> None:
    path = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
    parts = load_file(models / "Lora" / "tiny-lora-unet-te.safetensors")
    key = "lora_unet_" + path.replace(".", "_")
    up, down = (parts[f"{key}.lora_{side}.weight"].float() for side in ("up", "down"))
    factor = float(parts[f"{key}.alpha"]) / len(down) * 0.6
    layer = model.unet.get_submodule(path)
    assert isinstance(layer.weight, Tensor)
    expected = layer.weight + factor * (up @ down)
    model.apply(Patches(networks=(use(models, "tiny-lora-unet-te", unet=0.6),)))
    assert torch.allclose(layer.weight, expected, atol=1e-6)
    model.apply(NO_PATCHES)


def test_file_in_the_layout_of_diffusers(model: LoadedModel, models: Path, tmp_path: Path) -> None:
    kohya = load_file(models / "Lora" / "tiny-lora-unet-te.safetensors")
    paths = [
        *(f"unet.{path}" for path, _ in model.unet.named_modules()),
        *(
            f"text_encoder.text_model.{path}"
            for path, _ in core_of(model.text_encoders[0].module).named_modules()
        ),
    ]
    same: dict[str, Tensor] = {}
    for path in paths:
        key = path.replace("unet.", "lora_unet.").replace("text_encoder.", "lora_te.").replace(".", "_")
        if f"{key}.lora_up.weight" in kohya:
            down = kohya[f"{key}.lora_down.weight"].float()
            same[f"{path}.lora_A.weight"] = down * (kohya[f"{key}.alpha"] / len(down))
            same[f"{path}.lora_B.weight"] = kohya[f"{key}.lora_up.weight"].float()
    save_file(same, tmp_path / "peft.safetensors")
    model.apply(Patches(networks=(use(models, "tiny-lora-unet-te"),)))
    expected = state(model)
    model.apply(Patches(networks=(NetworkUse(path=str(tmp_path / "peft.safetensors"), name="peft"),)))
    after = state(model)
    assert len(same) == 440
    assert all(torch.allclose(expected[key], after[key], atol=1e-6) for key in expected)
    model.apply(NO_PATCHES)


def test_hypernetwork_and_tiling_change_the_output_and_go_again(model: LoadedModel, models: Path) -> None:
    before = unet_output(model)
    path = models / "hypernetworks" / "tinyhn.pt"
    for patches in (
        Patches(hypernetworks=(HypernetworkUse(path=str(path), name="tinyhn"),)),
        Patches(tiling=True),
    ):
        model.apply(patches)
        assert not torch.allclose(unet_output(model), before, atol=1e-4)
        model.apply(NO_PATCHES)
        assert torch.equal(unet_output(model), before)


def test_equal_patches_are_not_applied_again(model: LoadedModel, models: Path) -> None:
    model.apply(Patches(networks=(use(models, "tiny-norm"),)))
    weight = model.unet.get_submodule("down_blocks.0.attentions.0.transformer_blocks.0.norm1").weight
    assert isinstance(weight, Tensor)
    memory = weight.data_ptr()
    model.apply(Patches(networks=(use(models, "tiny-norm"),)))
    assert weight.data_ptr() == memory
    model.apply(NO_PATCHES)
    assert weight.data_ptr() != memory


def test_trouble_is_told_by_name(model: LoadedModel, models: Path, tmp_path: Path) -> None:
    alien, bad = tmp_path / "alien.safetensors", tmp_path / "bad.safetensors"
    save_file({"lora_unet_nothing.diff": torch.ones(1)}, alien)
    save_file({"lora_unet_conv_in.diff": torch.ones(7, 7)}, bad)
    uses = tuple(NetworkUse(path=str(path), name=path.stem) for path in (alien, bad, tmp_path / "gone"))
    before = state(model)
    gone, no_layer, failed = model.apply(Patches(networks=uses))
    assert "gone" in gone and "alien: 1 of its 1 layers" in no_layer and "bad: 1 layers" in failed
    assert model.apply(Patches(networks=uses)) == (gone, no_layer, failed)
    assert changed(before, state(model)) == set()
    model.apply(NO_PATCHES)


def test_checkpoint_file_is_not_written(model: LoadedModel, models: Path) -> None:
    file = models / "Stable-diffusion" / "tiny-sd1.safetensors"
    before = file.read_bytes()
    model.apply(Patches(networks=(use(models, "tiny-lora-conv"), use(models, "tiny-lokr"))))
    model.apply(NO_PATCHES)
    assert file.read_bytes() == before


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
def test_memory_stays_flat_over_a_hundred_exchanges(model: LoadedModel, models: Path) -> None:
    names = ("tiny-lora-unet-te", "tiny-lora-conv", "tiny-lokr")
    path = str(models / "hypernetworks" / "tinyhn.pt")
    sizes: list[int] = []
    for number in range(100):
        hypernetworks = (HypernetworkUse(path=path, name="tinyhn"),) if number % 2 else ()
        networks = (use(models, names[number % 3], unet=number / 100),)
        model.apply(Patches(networks=networks, hypernetworks=hypernetworks, tiling=number % 4 == 0))
        model.apply(NO_PATCHES if number % 5 == 0 else model.patches)
        sizes.append(resident_bytes())
    model.apply(NO_PATCHES)
    assert max(sizes[50:]) - max(sizes[20:40]) < 8 * 2**20
