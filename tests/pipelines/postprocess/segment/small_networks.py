"""Folders with tiny random networks that make masks."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    GroundingDinoConfig,
    GroundingDinoForObjectDetection,
    PreTrainedTokenizerFast,
    SamConfig,
    SamModel,
)

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "a", "face", "cat", "red"]
SIDE = 64
"""Of the pictures that the tiny networks look at."""
EDGES = {"shortest_edge": 2 * SIDE, "longest_edge": 4 * SIDE}
"""Between which Grounding DINO's pictures are."""


def tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]"
    )


def save_grounding_dino(folder: Path) -> Path:
    """Ten queries on a tiny Swin and a tiny BERT."""
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    swin = {"embed_dim": 8, "depths": [1, 1, 1, 1], "num_heads": [1, 2, 2, 2], "window_size": 2}
    config = GroundingDinoConfig(
        backbone_config={"model_type": "swin", **swin, "image_size": SIDE, "out_indices": [2, 3, 4]},
        text_config={"model_type": "bert", **small, "vocab_size": 1100, "max_position_embeddings": 32},
        d_model=32,
        num_queries=10,
        encoder_layers=1,
        encoder_ffn_dim=16,
        encoder_attention_heads=2,
        decoder_layers=2,
        decoder_ffn_dim=16,
        decoder_attention_heads=2,
        max_text_len=16,
        positional_embedding_temperature=20,
    )
    torch.manual_seed(3)
    GroundingDinoForObjectDetection(config).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({"size": EDGES}))
    return folder


def sam_network() -> SamModel:
    """Two layers, one of which looks at everything."""
    sides = {"image_size": SIDE, "patch_size": 16}
    config = SamConfig(
        vision_config={
            **sides,
            "hidden_size": 16,
            "output_channels": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "global_attn_indexes": [1],
            "window_size": 3,
            "num_pos_feats": 16,
            "initializer_range": 0.02,
        },
        prompt_encoder_config={**sides, "hidden_size": 32},
        mask_decoder_config={"hidden_size": 32, "mlp_dim": 16, "iou_head_hidden_dim": 16},
    )
    torch.manual_seed(4)
    return SamModel(config).eval()


def save_sam(folder: Path) -> Path:
    sam_network().save_pretrained(folder)
    return folder
