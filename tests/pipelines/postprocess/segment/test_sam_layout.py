"""Files of Segment Anything as they are published, against the original's own code in controlnet-aux."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.controlnet.maps.aux_package import aux_module
from pipelines.contract.errors import CorruptFile
from pipelines.postprocess.segment.sam_layout import published_network, transformers_name
from pipelines.postprocess.segment.segment_anything import SegmentAnything

PICTURE = Image.radial_gradient("L").convert("RGB").resize((100, 60))
BOX = (10, 10, 50, 50)


@pytest.fixture(scope="module")
def original() -> Any:
    modeling: Any = aux_module("segment_anything.modeling")
    torch.manual_seed(0)
    encoder = modeling.ImageEncoderViT(
        depth=2,
        embed_dim=16,
        img_size=64,
        mlp_ratio=4,
        norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
        num_heads=2,
        patch_size=16,
        qkv_bias=True,
        use_rel_pos=True,
        global_attn_indexes=[1],
        window_size=3,
        out_chans=32,
    )
    prompts = modeling.PromptEncoder(
        embed_dim=32, image_embedding_size=(4, 4), input_image_size=(64, 64), mask_in_chans=16
    )
    decoder = modeling.MaskDecoder(
        num_multimask_outputs=3,
        transformer=modeling.TwoWayTransformer(depth=2, embedding_dim=32, mlp_dim=24, num_heads=8),
        transformer_dim=32,
        iou_head_depth=3,
        iou_head_hidden_dim=16,
    )
    mean, spread = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
    return modeling.Sam(encoder, prompts, decoder, pixel_mean=mean, pixel_std=spread).eval()


@pytest.fixture(scope="module")
def file(original: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "sam_vit_b_01ec64.pth"
    torch.save(original.state_dict(), path)
    return path


@pytest.mark.parametrize("readings", [True, False])
def test_it_sees_what_the_original_sees(readings: bool, original: Any, file: Path) -> None:
    predictor: Any = aux_module("segment_anything.predictor").SamPredictor(original)
    predictor.set_image(np.asarray(PICTURE))
    masks, scores, _ = predictor.predict(box=np.array(BOX), multimask_output=readings)
    (mine,) = SegmentAnything(file, torch.device("cpu"), field="m").each_mask(
        PICTURE, boxes=[BOX], readings=readings
    )
    assert mine.scores == pytest.approx(scores.tolist(), abs=0.005)
    assert (mine.masks == masks).mean() > 0.99


def test_names() -> None:
    assert transformers_name("mask_decoder.output_hypernetworks_mlps.1.layers.2.bias", 2) == (
        "mask_decoder.output_hypernetworks_mlps.1.proj_out.bias"
    )
    assert transformers_name("image_encoder.blocks.3.norm1.weight", 2) == (
        "vision_encoder.layers.3.layer_norm1.weight"
    )


def test_other_files_are_refused(tmp_path: Path, original: Any) -> None:
    other = tmp_path / "sam_vit_b_other.pth"
    torch.save({"weight": torch.zeros(2)}, other)
    with pytest.raises(CorruptFile, match="not Segment Anything as published"):
        published_network(other, field="m")
    tensors = dict(original.state_dict())
    del tensors["mask_decoder.iou_token.weight"]
    torch.save(tensors, other)
    with pytest.raises(CorruptFile, match="lacks 1 tensors") as refused:
        published_network(other, field="m")
    assert refused.value.field == "m"
