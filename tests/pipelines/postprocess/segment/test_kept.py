"""A network that makes masks is loaded once, until its file changes."""

from __future__ import annotations

from pathlib import Path

from pipelines.memory.weight_shelf import Holder, WeightShelf
from pipelines.postprocess.segment.kept import MOST, kept_network


def test_a_file_is_loaded_once_whoever_asks_until_it_changes(tmp_path: Path) -> None:
    place, weights, made = tmp_path / "sam_vit_b.pth", WeightShelf(), list[str]()
    place.write_bytes(b"one")

    def make() -> str:
        made.append(place.read_text())
        return made[-1]

    for field in ("model", "mask_model"):
        assert kept_network(weights, place, make, holder=Holder(), field=field) == "one"
    place.write_bytes(b"other")
    assert kept_network(weights, place, make, holder=Holder(), field="model") == "other"
    assert made == ["one", "other"]


def test_a_few_stay_and_what_is_held_among_them(tmp_path: Path) -> None:
    weights, holder = WeightShelf(), Holder()

    def load(name: str, held_by: Holder) -> None:
        place = tmp_path / name
        place.touch()
        kept_network(weights, place, lambda: name, holder=held_by, field="model")

    load("held", holder)
    for number in range(MOST + 1):
        load(str(number), Holder())
    assert weights.contents == ["held", "2", "3"]
