"""Nodes of metadata: entries, merged ones, and those of a generation."""

from __future__ import annotations

from extensions.invokeai.vocabulary.version import __version__
from tests.extensions.invokeai.bench import Bench
from tests.extensions.invokeai.graphs import model

VERSION = {"app_version": __version__}


def test_entries_become_metadata(bench: Bench) -> None:
    item = bench.run("metadata_item", label="mood", value="calm")["item"]
    assert item == {"label": "mood", "value": "calm"}
    one = bench.run("metadata", items=item)["metadata"]
    two = bench.run("metadata", items=[item, {"label": "n", "value": 1}])["metadata"]
    assert (one, two) == ({"mood": "calm", **VERSION}, {"mood": "calm", "n": 1, **VERSION})


def test_later_metadata_wins(bench: Bench) -> None:
    merged = bench.run("merge_metadata", collection=[{"a": 1, "b": 1}, {"b": 2}])
    assert merged == {"metadata": {"a": 1, "b": 2}}


def test_metadata_of_a_generation_has_what_is_given(bench: Bench) -> None:
    told = bench.run("core_metadata", seed=0, model=model("m", "main"), ref_images=["kept"], strength=None)
    assert told["metadata"].keys() == {"seed", "model", "ref_images", "app_version"}
    assert (told["metadata"]["seed"], told["metadata"]["ref_images"]) == (0, ["kept"])
    assert told["metadata"]["model"]["name"] == "m"
