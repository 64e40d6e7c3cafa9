"""OneFormer: a small network in a folder, its task, and the colours of its classes."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import nn
from transformers.models.oneformer.configuration_oneformer import OneFormerConfig
from transformers.models.oneformer.modeling_oneformer import OneFormerForUniversalSegmentation
from transformers.models.swin.configuration_swin import SwinConfig

from extensions.controlnet.maps.detectors.oneformer import class_map, task_tokens
from extensions.controlnet.maps.detectors.palettes import coco_palette
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, MissingWeights, UnsupportedModel

PICTURE: Array = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
CLASSES = 5


def tiny_oneformer(classes: int = CLASSES) -> OneFormerForUniversalSegmentation:
    backbone: dict[str, Any] = {
        "image_size": 64,
        "patch_size": 4,
        "embed_dim": 8,
        "depths": [1, 1, 1, 1],
        "num_heads": [1, 1, 2, 2],
        "window_size": 4,
        "out_features": ["stage1", "stage2", "stage3", "stage4"],
    }
    sizes: dict[str, Any] = {
        "num_labels": classes,
        "num_queries": 6,
        "conv_dim": 32,
        "mask_dim": 32,
        "hidden_dim": 32,
        "encoder_feedforward_dim": 32,
        "dim_feedforward": 32,
        "encoder_layers": 1,
        "decoder_layers": 2,
        "num_attention_heads": 2,
        "text_encoder_width": 16,
        "text_encoder_num_layers": 1,
        "query_dec_layers": 1,
        "is_training": False,
    }
    config = OneFormerConfig(backbone_config=SwinConfig(**backbone), **sizes)
    torch.manual_seed(0)
    network = OneFormerForUniversalSegmentation(config)
    for parameter in cast("nn.Module", network).parameters():
        nn.init.normal_(parameter, 0.0, 0.3)
    return network.eval()


def module_of(name: str) -> Preprocessor:
    module = find_preprocessor(name)
    assert module is not None
    return module


def write(network: OneFormerForUniversalSegmentation, folder: Path, shortest: int = 64) -> Path:
    network.save_pretrained(folder)
    size = {"shortest_edge": shortest, "longest_edge": 128}
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": size}))
    return folder


def test_a_folder_is_read_and_its_classes_have_colours(tmp_path: Path) -> None:
    network = tiny_oneformer()
    write(network, tmp_path / "models" / "oneformer_coco")
    parameters = Sliders(resolution=64)
    made = LoadedPreprocessor().run(module_of("seg_ofcoco"), PICTURE, parameters, [tmp_path], "cpu")
    padded = np.pad(PICTURE, ((0, 0), (0, 32), (0, 0)), "edge")
    classes = class_map(network, padded, 64, 128)[:, :96]
    assert np.array_equal(made, coco_palette()[classes])


def test_a_pixel_belongs_to_the_class_of_the_queries_that_cover_it() -> None:
    class Halves(nn.Module):
        """Query 0 is of class 3 and covers the left half, query 1 is of class 1 and covers the right."""

        config = SimpleNamespace(task_seq_len=77)

        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1))

        def forward(self, pixel_values: torch.Tensor, task_inputs: torch.Tensor) -> SimpleNamespace:
            assert pixel_values.shape == (1, 3, 64, 128)
            assert task_inputs.shape == (1, 77)
            classes = torch.full((1, 2, CLASSES + 1), -9.0)
            classes[0, 0, 3] = classes[0, 1, 1] = 9.0
            masks = torch.full((1, 2, 8, 16), -9.0)
            masks[0, 0, :, :8] = masks[0, 1, :, 8:] = 9.0
            return SimpleNamespace(class_queries_logits=classes, masks_queries_logits=masks)

    classes = class_map(cast("Any", Halves()), np.zeros((32, 64, 3), np.uint8), 64, 128)
    assert (set(np.unique(classes[:, :31])), set(np.unique(classes[:, 33:]))) == ({3}, {1})


def test_a_network_of_more_classes_is_refused(tmp_path: Path) -> None:
    write(tiny_oneformer(151), tmp_path / "oneformer_ade20k")
    with pytest.raises(UnsupportedModel, match="knows 151 classes, seg_ofade20k 150"):
        LoadedPreprocessor().run(module_of("seg_ofade20k"), PICTURE, Sliders(), [tmp_path], "cpu")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        MissingWeights, match=r"a folder oneformer_coco with config\.json, model\.safetensors"
    ):
        LoadedPreprocessor().run(module_of("oneformer_coco"), PICTURE, Sliders(), [tmp_path], "cpu")


def test_a_folder_that_lacks_tensors_is_named(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = write(tiny_oneformer(), tmp_path / "oneformer_coco")
    tensors: dict[str, Any] = load_file(folder / "model.safetensors")
    tensors.pop(next(name for name in tensors if name.endswith("class_embed.weight")))
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CorruptFile, match="oneformer_coco lacks 1 tensors"):
        LoadedPreprocessor().run(module_of("oneformer_coco"), PICTURE, Sliders(), [tmp_path], "cpu")


def test_the_task_is_a_sentence_between_marks() -> None:
    assert task_tokens(9).tolist() == [[49406, 518, 10549, 533, 29119, 1550, 49407, 0, 0]]
