"""What a request saves, saved in a folder of its own."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.options import OutputOptions
from pipelines.contract.own_folder import FOLDERS, extras_in, generation_in
from pipelines.contract.requests import ExtrasRequest
from tests.pipelines.jobs.helpers import make_request


def test_every_folder_of_pictures_is_the_keys_own() -> None:
    output = OutputOptions(outdir_txt2img_samples="/data/x", outdir_extras_samples="")
    moved = (
        generation_in(make_request(output=output), "key-a"),
        extras_in(ExtrasRequest(images=(), output=output), "key-a"),
    )
    for request in moved:
        folders = [getattr(request.output, name) for name in FOLDERS]
        assert len(folders) == 6
        assert all(Path(folder).name == "key-a" for folder in folders)
        assert request.output.outdir_txt2img_samples == str(Path("/data/x/key-a"))
        assert request.output.outdir_extras_samples == str(Path("outputs/key-a"))
