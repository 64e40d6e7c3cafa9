"""Pictures of a key lie in a folder of their own."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.requests import ExtrasRequest, GenerationRequest, LoadCheckpointRequest
from sdapi.jobs.own_folder import in_own_folder, is_own
from tests.pipelines.jobs.helpers import make_request


def test_a_keys_pictures_are_saved_in_its_folder() -> None:
    for request in (make_request(), ExtrasRequest(images=())):
        own = in_own_folder(request, "key-a")
        assert isinstance(own, GenerationRequest | ExtrasRequest)
        assert Path(own.output.outdir_txt2img_samples).name == "key-a"


def test_who_has_none_saves_where_the_options_say() -> None:
    request = make_request()
    assert in_own_folder(request, "") is request
    load = LoadCheckpointRequest(checkpoint="x")
    assert in_own_folder(load, "key-a") is load


def test_a_file_is_its_folders() -> None:
    path = Path("/data/outputs/txt2img-images/key-a/2026-01-01/1.png")
    assert is_own(path, "key-a")
    assert is_own(path, "")
    assert not is_own(path, "key")
    assert not is_own(Path("/data/outputs/key-ab/1.png"), "key-a")
