"""Network files are read whole, grouped by layer, and safe to replace on disk."""

import os
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from pipelines.adapters.cache import AdapterCache
from pipelines.adapters.kinds.finish import scale
from pipelines.adapters.network_file import read_network
from pipelines.contract.errors import CorruptFile


def lora_tensors(value: float = 1.0) -> dict[str, Tensor]:
    return {"a.lora_up.weight": torch.full((4, 2), value), "a.lora_down.weight": torch.ones(2, 4)}


def test_parts_by_layer_and_type(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    save_file(lora_tensors() | {"b.diff": torch.ones(2), "c.alpha": torch.tensor(1.0)}, path)
    network = read_network(path)
    assert {key: change.kind.name for key, change in network.layers.items()} == {"a": "lora", "b": "full"}
    assert (network.unknown, network.count) == (("c.alpha",), 4)


def test_bundled_embeddings_are_set_apart(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    vectors = {"one.string_to_param.*": 1, "two.clip_l": 2, "two.clip_g": 3}
    save_file({f"bundle_emb.{name}": torch.full((1, 2), float(n)) for name, n in vectors.items()}, path)
    network = read_network(path)
    assert {name: sorted(parts) for name, parts in network.embeddings.items()} == {
        "one": ["*"],
        "two": ["clip_g", "clip_l"],
    }
    assert not network.layers


def test_file_may_be_overwritten_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    save_file(lora_tensors(3.0), path)
    network = read_network(path)
    path.write_bytes(b"")
    assert torch.equal(network.layers["a"].parts["lora_up.weight"], torch.full((4, 2), 3.0))


@pytest.mark.parametrize("wrapped", [False, True])
def test_pickled_files(tmp_path: Path, wrapped: bool) -> None:
    path = tmp_path / "n.pt"
    state = OrderedDict(lora_tensors())
    torch.save({"state_dict": state} if wrapped else state, path)
    assert read_network(path).layers.keys() == {"a"}


@pytest.mark.parametrize("name", ["n.safetensors", "n.pt"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a network", b"\xff" * 64])
def test_damaged_files_are_named(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CorruptFile, match=name):
        read_network(path)


def test_code_in_a_pickle_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "n.pt"
    torch.save({"a": Path("x")}, path)
    with pytest.raises(CorruptFile, match=r"n\.pt"):
        read_network(path)


def test_cache_reads_once_and_again_when_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    save_file(lora_tensors(1.0), path)
    cache = AdapterCache()
    first = cache.get(path)
    assert cache.get(path) is first
    save_file(lora_tensors(2.0), path)
    os.utime(path, ns=(0, first.version + 1_000_000))
    assert cache.get(path).version != first.version
    assert cache.get(path).layers["a"].parts["lora_up.weight"][0, 0] == 2.0


def test_cache_forgets_the_least_recently_used(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.safetensors" for name in "abc"]
    for path in paths:
        save_file(lora_tensors(), path)
    size = paths[0].stat().st_size
    cache = AdapterCache(max_bytes=2 * size)
    a, b = (cache.get(path) for path in paths[:2])
    assert cache.bytes == 2 * size
    cache.get(paths[0])
    cache.get(paths[2])
    assert cache.get(paths[0]) is a
    assert cache.get(paths[1]) is not b
    cache.clear()
    assert cache.bytes == 0


def test_cache_keeps_one_file_however_large(tmp_path: Path) -> None:
    path = tmp_path / "n.safetensors"
    save_file(lora_tensors(), path)
    cache = AdapterCache(max_bytes=1)
    assert cache.get(path) is cache.get(path)


def pair(
    prefix: str, rank: int = 2, up: str = "lora_B.weight", down: str = "lora_A.weight"
) -> dict[str, Tensor]:
    return {f"{prefix}.{up}": torch.ones(4, 2), f"{prefix}.{down}": torch.ones(2, 4)}


LAYER = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q"
TEXT = "text_model.encoder.layers.0.self_attn.q_proj"


@pytest.mark.parametrize(
    ("tensors", "layer"),
    [
        (pair(f"base_model.model.{LAYER}"), f"lora_unet_{LAYER}"),
        (pair(LAYER), f"lora_unet_{LAYER}"),
        (pair(LAYER, up="lora_B.default.weight", down="lora_A.default.weight"), f"lora_unet_{LAYER}"),
        (pair(LAYER, up="lora.up.weight", down="lora.down.weight"), f"lora_unet_{LAYER}"),
        (pair(f"base_model.model.{TEXT}"), f"lora_te1_{TEXT}"),
        (pair("diffusion_model.input_blocks.1.1.proj_in"), "diffusion_model_input_blocks_1_1_proj_in"),
        (pair("model.diffusion_model.input_blocks.1.1.proj_in"), "diffusion_model_input_blocks_1_1_proj_in"),
    ],
)
def test_layouts_without_a_trainers_prefix(tmp_path: Path, tensors: dict[str, Tensor], layer: str) -> None:
    save_file(tensors, tmp_path / "n.safetensors")
    network = read_network(tmp_path / "n.safetensors")
    assert [key.replace(".", "_") for key in network.layers] == [layer.replace(".", "_")]
    assert network.unknown == ()


def test_lycoris_parts_under_peft_names(tmp_path: Path) -> None:
    names = ("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "alpha")
    save_file(
        {f"base_model.model.{LAYER}.{name}": torch.ones(2, 2) for name in names}, tmp_path / "n.safetensors"
    )
    network = read_network(tmp_path / "n.safetensors")
    assert [change.kind.name for change in network.layers.values()] == ["loha"]
    assert network.unknown == ()


@pytest.mark.parametrize("alpha", [1, 1.0, torch.tensor(1.0), torch.tensor([1])])
def test_alphas_as_plain_numbers(tmp_path: Path, alpha: float | Tensor) -> None:
    torch.save({**pair("lora_unet_conv_in"), "lora_unet_conv_in.alpha": alpha, "epoch": 3}, tmp_path / "n.pt")
    change = read_network(tmp_path / "n.pt").layers["lora_unet_conv_in"]
    assert scale(change.kind, change.parts) == 0.5


@pytest.mark.parametrize(
    ("tensors", "unknown"),
    [
        ({"lora_unet_a.lora_down.weight": torch.ones(2, 4)}, ["lora_unet_a.lora_down.weight"]),
        ({f"{LAYER}.lora_A.weight": torch.ones(2, 4)}, [f"{LAYER}.lora_A.weight"]),
        ({"some.thing.else": torch.ones(1)}, ["some.thing.else"]),
        (
            {**pair("lora_unet_a"), "lora_unet_a.lora_magnitude_vector": torch.ones(4)},
            ["lora_unet_a.lora_magnitude_vector"],
        ),
    ],
)
def test_tensors_that_nothing_reads(tmp_path: Path, tensors: dict[str, Tensor], unknown: list[str]) -> None:
    save_file(tensors, tmp_path / "n.safetensors")
    network = read_network(tmp_path / "n.safetensors")
    assert (list(network.unknown), network.count) == (unknown, len(tensors))


def test_every_recorded_network_is_read_to_its_last_tensor(parity_dir: Path) -> None:
    files = sorted((parity_dir / "models" / "Lora").glob("*.safetensors"))
    assert [(path.name, network.unknown) for path in files if (network := read_network(path)).unknown] == []
    assert len(files) > 10
