"""Upscalers by name, with their files, before a job is queued."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.contract.errors import InvalidRequest, MissingWeights
from sdapi.core.services import UpscalerRow
from sdapi.intent.upscalers import resolve_upscaler
from tests.sdapi.fakes import FakeCatalog


class _Catalog(FakeCatalog):
    def upscalers(self) -> Sequence[UpscalerRow]:
        """One that is there, and one whose file isn't."""
        return (UpscalerRow(name="Lanczos"), UpscalerRow(name="DAT x4", missing="put DAT_x4.pth there"))


def resolved(name: str | None, *, latent: bool = False) -> str | None:
    return resolve_upscaler(_Catalog(), name, field="hires.upscaler", latent=latent)


def test_null_stays_null() -> None:
    assert resolved(None) is None


@pytest.mark.parametrize("name", ["Lanczos", "lanczos", "LANCZOS"])
def test_names_get_their_own_spelling(name: str) -> None:
    assert resolved(name) == "Lanczos"


def test_latent_modes_are_for_hires_fix() -> None:
    assert resolved("LATENT (nearest-exact)", latent=True) == "Latent (nearest-exact)"
    with pytest.raises(InvalidRequest):
        resolved("Latent (nearest-exact)")


@pytest.mark.parametrize("name", ["magic", ""])
def test_unknown_names_are_refused_in_the_originals_words(name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"could not find upscaler named {name}") as refused:
        resolved(name)
    assert refused.value.field == "hires.upscaler"


def test_a_missing_file_is_told_with_its_remedy() -> None:
    with pytest.raises(MissingWeights, match=r"put DAT_x4\.pth there") as refused:
        resolved("dat x4")
    assert refused.value.field == "hires.upscaler"
