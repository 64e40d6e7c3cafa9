"""Files of image prompts: the original's own first, else one whose name and layers fit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from extensions.fooocus.drawing.control_files import control_file
from pipelines.contract.errors import MissingWeights


def write(folder: Path, name: str, width: int | None, key: str = "1.to_k_ip.weight") -> None:
    """A file whose attention reads text of ``width`` channels; None for one without such layers."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"other.weight": torch.zeros(3)}
    if width is not None:
        tensors[key] = torch.zeros(2, width)
    save_file(tensors, folder / name)


def chosen(models: Path, kind: str, width: int, **flags: Any) -> str:
    settings = SimpleNamespace(folders=SimpleNamespace(models=models, data=models), extension_flags=flags)
    services: Any = SimpleNamespace(settings=settings)
    return control_file(kind, width, services, field="image_prompts.0.cn_type")


def test_the_originals_name_wins(tmp_path: Path) -> None:
    nets = tmp_path / "ControlNet"
    write(nets, "ip-adapter-plus_sdxl_vit-h.safetensors", 2048)
    write(nets, "ip-adapter-plus.safetensors", 2048)
    assert chosen(tmp_path, "ImagePrompt", 2048) == "ip-adapter-plus_sdxl_vit-h"


def test_a_file_for_another_checkpoint_is_passed_over(tmp_path: Path) -> None:
    nets = tmp_path / "ControlNet"
    write(nets, "ip-adapter-plus_sdxl_vit-h.safetensors", 2048)
    write(nets, "ip-adapter_sd15.safetensors", 768)
    assert chosen(tmp_path, "ImagePrompt", 768) == "ip-adapter_sd15"


def test_the_preferred_word_counts_before_the_shorter_name(tmp_path: Path) -> None:
    nets = tmp_path / "ControlNet"
    write(nets, "ip-adapter_sd15.safetensors", 768)
    write(nets, "ip-adapter-plus_sd15.safetensors", 768)
    assert chosen(tmp_path, "ImagePrompt", 768) == "ip-adapter-plus_sd15"
    write(nets, "t2i-canny.safetensors", 768, "attn2.to_k.weight")
    write(nets, "canny.safetensors", 768, "attn2.to_k.weight")
    assert chosen(tmp_path, "PyraCanny", 768) == "canny"


def test_files_of_other_sorts_do_not_count(tmp_path: Path) -> None:
    nets = tmp_path / "ControlNet"
    write(nets, "ip-adapter-plus-face_sd15.safetensors", 768)
    write(nets, "ip-adapter-faceid-plus-face.safetensors", 768)
    assert chosen(tmp_path, "FaceSwap", 768) == "ip-adapter-plus-face_sd15"
    with pytest.raises(MissingWeights, match="ip-adapter-plus_sdxl_vit-h") as caught:
        chosen(tmp_path, "ImagePrompt", 768)
    assert caught.value.field == "image_prompts.0.cn_type"


def test_a_file_that_shows_no_width_is_taken_and_a_broken_one_is_not(tmp_path: Path) -> None:
    nets = tmp_path / "ControlNet"
    nets.mkdir()
    (nets / "canny.safetensors").write_bytes(b"broken")
    write(nets, "some-canny.safetensors", None)
    assert chosen(tmp_path, "PyraCanny", 768) == "some-canny"


def test_tables_in_torch_files_are_looked_into(tmp_path: Path) -> None:
    nets = tmp_path / "ControlNet"
    nets.mkdir()
    torch.save({"ip_adapter": {"1.to_k_ip.weight": torch.zeros(2, 768)}}, nets / "ip-adapter.bin")
    assert chosen(tmp_path, "ImagePrompt", 768) == "ip-adapter"
    with pytest.raises(MissingWeights):
        chosen(tmp_path, "ImagePrompt", 2048)


def test_the_folder_of_the_command_line_is_looked_into(tmp_path: Path) -> None:
    write(tmp_path / "more", "fooocus_xl_cpds_128.safetensors", None)
    assert chosen(tmp_path, "CPDS", 2048, controlnet_dir=str(tmp_path / "more")) == "fooocus_xl_cpds_128"
