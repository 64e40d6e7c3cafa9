"""A CLIPSeg of random weights in a folder, as published ones lie."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPSegConfig,
    CLIPSegForImageSegmentation,
    CLIPSegProcessor,
    PreTrainedTokenizerFast,
    ViTImageProcessor,
)

WORDS = ("[PAD]", "[UNK]", "[EOS]", "a", "red", "blue", "square", "face")
SIDE = 32


def save_clipseg(folder: Path) -> Path:
    """Small, and its answers differ from word to word and from place to place."""
    size = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = CLIPSegConfig(
        text_config={**size, "vocab_size": len(WORDS), "eos_token_id": 2, "max_position_embeddings": 8},
        vision_config={**size, "image_size": SIDE, "patch_size": 8},
        projection_dim=8,
        extract_layers=[0, 1],
        reduce_dim=8,
        decoder_num_attention_heads=2,
        decoder_intermediate_size=8,
    )
    torch.manual_seed(3)
    network = CLIPSegForImageSegmentation(config)
    for weights in network.decoder.transposed_convolution.parameters():
        weights.data *= 20
    network.save_pretrained(folder)
    pictures = ViTImageProcessor(size={"height": SIDE, "width": SIDE})
    CLIPSegProcessor(pictures, _tokenizer()).save_pretrained(folder)
    return folder


def _tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="[PAD]",
        unk_token="[UNK]",
        eos_token="[EOS]",
        model_max_length=8,
    )
