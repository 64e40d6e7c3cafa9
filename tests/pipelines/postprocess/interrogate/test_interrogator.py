"""Descriptions of pictures: the models and files that are chosen, and the parts of a caption."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from pipelines.catalog.caption_models import CLIP, TAGS
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.heed import in_one_go
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import CaptionRequest
from pipelines.postprocess.interrogate import interrogator
from pipelines.postprocess.interrogate.interrogator import Interrogator
from tests.pipelines.jobs.helpers import make_settings

CPU = torch.device("cpu")


@dataclass(slots=True)
class Networks:
    """Networks in the place of real ones: ``loaded`` lists their files, ``seen`` the tagger's inputs."""

    loaded: list[str] = field(default_factory=list[str])
    seen: list[Tensor] = field(default_factory=list[Tensor])

    def load(self, path: Path, device: torch.device) -> Networks:
        self.loaded.append(path.name)
        return self

    def probabilities(self, picture: Tensor) -> dict[str, float]:
        self.seen.append(picture)
        return {"red": 0.9}

    def caption(self, picture: Image.Image, options: GenerationOptions) -> str:
        return "a square"

    def features(self, picture: Image.Image) -> Tensor:
        return torch.ones(1)

    def matches(self, features: Tensor, items: Sequence[str], top: int) -> list[tuple[str, float]]:
        return [(item, 0.25) for item in items[:top]]


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Networks:
    made = Networks()
    for name in ("load_deepdanbooru", "Captioner", "Matcher"):
        monkeypatch.setattr(interrogator, name, made.load)

    def find(places: Sequence[Path], kind: str) -> Path | None:
        return next((place for place in places if place.is_dir()), None)

    monkeypatch.setattr(interrogator, "find_model", find)
    return made


@pytest.fixture
def made(tmp_path: Path) -> Interrogator:
    folders = replace(make_settings().folders, data=tmp_path, models=tmp_path / "models")
    return Interrogator(folders, CPU)


def request(model: str, **options: object) -> CaptionRequest:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), (255, 0, 51)).save(buffer, "PNG")
    return CaptionRequest(
        image=buffer.getvalue(), model=model, options=GenerationOptions.from_mapping(options)
    )


def write(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_tags_need_their_file(made: Interrogator, networks: Networks) -> None:
    with pytest.raises(MissingWeights, match=r"the file model-resnet_custom_v3\.pt in the folder") as caught:
        in_one_go(made.describe(request(TAGS)))
    assert caught.value.field == "model"


def test_the_tagger_of_the_usual_name_comes_first(
    made: Interrogator, networks: Networks, tmp_path: Path
) -> None:
    folder = tmp_path / "models" / "torch_deepdanbooru"
    write(folder / "another.pt")
    assert in_one_go(made.describe(request(TAGS))) == "red"
    write(folder / "model-resnet_custom_v3.pt")
    in_one_go(made.describe(request(TAGS)))
    assert networks.loaded == ["another.pt", "model-resnet_custom_v3.pt"]


def test_the_tagger_sees_a_filled_square(made: Interrogator, networks: Networks, tmp_path: Path) -> None:
    write(tmp_path / "models" / "torch_deepdanbooru" / "model-resnet_custom_v3.pt")
    in_one_go(made.describe(request(TAGS)))
    (seen,) = networks.seen
    assert seen.shape == (1, 3, 512, 512)
    assert torch.allclose(seen[0, :, 256, 256], torch.tensor([1.0, 0.0, 0.2]))


def test_without_lists_only_the_captioner_is_loaded(
    made: Interrogator, networks: Networks, tmp_path: Path
) -> None:
    (tmp_path / "models" / "BLIP").mkdir(parents=True)
    assert in_one_go(made.describe(request(CLIP))) == "a square"
    assert networks.loaded == ["BLIP"]


def test_a_caption_has_the_best_of_every_list(made: Interrogator, networks: Networks, tmp_path: Path) -> None:
    for name in ("BLIP", "CLIP"):
        (tmp_path / "models" / name).mkdir(parents=True)
    (tmp_path / "interrogate").mkdir()
    (tmp_path / "interrogate" / "a.top2.txt").write_text("cat\ndog\ntree\n")
    (tmp_path / "interrogate" / "b.txt").write_text("red\nblue\n")
    assert in_one_go(made.describe(request(CLIP))) == "a square, cat, dog, red"
    ranked = request(CLIP, interrogate_return_ranks=True, interrogate_clip_skip_categories=("b",))
    assert in_one_go(made.describe(ranked)) == "a square, (cat:0.250), (dog:0.250)"
    assert len(list(made.describe(request(CLIP)))) == 2


def test_networks_stay_until_they_are_unloaded(
    made: Interrogator, networks: Networks, tmp_path: Path
) -> None:
    (tmp_path / "models" / "BLIP").mkdir(parents=True)
    for _ in range(2):
        in_one_go(made.describe(request(CLIP)))
    assert networks.loaded == ["BLIP"]
    made.unload()
    in_one_go(made.describe(request(CLIP)))
    assert networks.loaded == ["BLIP", "BLIP"]


def test_what_is_no_picture_names_its_field(made: Interrogator) -> None:
    with pytest.raises(InvalidRequest) as caught:
        in_one_go(made.describe(CaptionRequest(image=b"text", model=CLIP)))
    assert caught.value.field == "image"
