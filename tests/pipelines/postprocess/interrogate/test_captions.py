"""Captions and matches with tiny random models in local folders."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPProcessor,
    PreTrainedTokenizerFast,
)

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, CorruptFile, MissingWeights
from pipelines.contract.heed import advancing, in_one_go
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import CaptionRequest
from pipelines.contract.settings import Folders
from pipelines.postprocess.interrogate import captions
from pipelines.postprocess.interrogate.captions import Matcher
from pipelines.postprocess.interrogate.interrogator import Interrogator

CPU = torch.device("cpu")
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "picture", "of", "red", "cat", "dog", "tree", "[DEC]"]


def folders(root: Path) -> Folders:
    empty = dict.fromkeys(("checkpoints", "vaes", "loras", "embeddings", "hypernetworks"), ())
    return Folders(data=root, models=root / "models", **empty)


def request(model: str, **options: object) -> CaptionRequest:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "PNG")
    chosen = GenerationOptions.from_mapping(options)
    return CaptionRequest(image=buffer.getvalue(), model=model, options=chosen)


def small_tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]"
    )


def save_clip(folder: Path) -> None:
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={**small, "vocab_size": len(WORDS), "eos_token_id": 3, "max_position_embeddings": 8},
        vision_config={**small, "image_size": 32, "patch_size": 16},
        projection_dim=8,
    )
    torch.manual_seed(2)
    CLIPModel(config).save_pretrained(folder)
    pictures = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(pictures, small_tokenizer()).save_pretrained(folder)


def save_blip(folder: Path) -> None:
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    ids = {"bos_token_id": 2, "pad_token_id": 0, "eos_token_id": 3, "sep_token_id": 3}
    config = BlipConfig(
        text_config={**small, **ids, "vocab_size": len(WORDS), "encoder_hidden_size": 16},
        vision_config={**small, "image_size": 32, "patch_size": 16},
        projection_dim=16,
    )
    torch.manual_seed(1)
    BlipForConditionalGeneration(config).save_pretrained(folder)
    tokenizer = small_tokenizer()
    processor = BlipImageProcessor(size={"height": 32, "width": 32})
    BlipProcessor(processor, tokenizer).save_pretrained(folder)


def test_missing_models_say_which_file_goes_where(tmp_path: Path) -> None:
    interrogator = Interrogator(folders(tmp_path), CPU)
    with pytest.raises(MissingWeights, match=r"BLIP captioning model.*models/BLIP"):
        in_one_go(interrogator.describe(request("clip")))
    with pytest.raises(MissingWeights, match=r"model-resnet_custom_v3\.pt.*torch_deepdanbooru"):
        in_one_go(interrogator.describe(request("deepdanbooru")))


def test_a_local_blip_captions(tmp_path: Path) -> None:
    save_blip(tmp_path / "models" / "BLIP" / "tiny")
    lengths = {"interrogate_clip_min_length": 5, "interrogate_clip_max_length": 12}
    caption = in_one_go(Interrogator(folders(tmp_path), CPU).describe(request("clip", **lengths)))
    assert caption and not caption.startswith("a picture of")


@pytest.mark.parametrize("beams", [1, 2])
def test_a_job_that_is_given_up_ends_before_the_next_token(
    beams: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_blip(tmp_path / "models" / "BLIP" / "tiny")
    interrogator, control = Interrogator(folders(tmp_path), CPU), JobControl()
    asked: list[int] = []
    ended = captions.heed_tokens

    def after_two(tokens: torch.Tensor, scores: object, **others: object) -> torch.Tensor:
        asked.append(tokens.shape[-1])
        if len(asked) == 2:
            control.ask(Action.CANCEL)
        return ended(tokens, scores, **others)

    monkeypatch.setattr(captions, "heed_tokens", after_two)
    options = {"interrogate_clip_min_length": 30, "interrogate_clip_num_beams": beams}
    with advancing(control), pytest.raises(Cancelled):
        in_one_go(interrogator.describe(request("clip", **options)))
    assert len(asked) == 2


def test_a_damaged_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "BLIP" / "tiny"
    save_blip(folder)
    (folder / "model.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(CorruptFile, match="tiny can't be loaded"):
        in_one_go(Interrogator(folders(tmp_path), CPU).describe(request("clip")))


def test_categories_add_matches_of_a_local_clip(tmp_path: Path) -> None:
    save_blip(tmp_path / "models" / "BLIP")
    save_clip(tmp_path / "models" / "CLIP" / "tiny")
    (tmp_path / "interrogate").mkdir()
    (tmp_path / "interrogate" / "animals.top2.txt").write_text("red cat\ndog\ntree\n")
    interrogator = Interrogator(folders(tmp_path), CPU)
    caption = in_one_go(interrogator.describe(request("clip", interrogate_return_ranks=True)))
    assert re.fullmatch(
        r".*, \((red cat|dog|tree):[01]\.\d{3}\), \((red cat|dog|tree):[01]\.\d{3}\)", caption
    )
    assert in_one_go(
        interrogator.describe(request("clip", interrogate_clip_skip_categories=("animals.top2",)))
    )
    assert list(interrogator.describe(request("clip"))) == [None]
    interrogator.unload()


def test_matches_are_the_nearest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = Matcher.__new__(Matcher)
    directions = {"left": (1.0, 0.0), "up": (0.0, 1.0), "slant": (0.8, 0.6)}
    monkeypatch.setattr(matcher, "_texts", lambda items: torch.tensor([directions[i] for i in items]))
    found = matcher.matches(torch.tensor([[1.0, 0.0]]), ("up", "slant", "left"), 2)
    assert [item for item, _ in found] == ["left", "slant"]
    assert 0.99 < sum(share for _, share in found) < 1.001
