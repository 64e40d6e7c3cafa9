"""Upscalers by name: the built-in ones, files on disk, and names whose file is not there yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal, TypeAlias

from pipelines.catalog.files import walk_all
from pipelines.catalog.listing import Listing
from pipelines.contract.settings import Folders

UpscalerKind: TypeAlias = Literal[
    "none", "lanczos", "nearest", "esrgan", "realesrgan", "dat", "hat", "swinir", "scunet", "ldsr"
]

_RELEASES = "https://github.com/xinntao/Real-ESRGAN/releases/download"
_KAIR = "https://github.com/cszn/KAIR/releases/download/v1.0"
_DAT = "https://github.com/n0kovo/dat_upscaler_models/raw/main/DAT"
_SWINIR = (
    "https://github.com/JingyunLiang/SwinIR/releases/download/v0.0/"
    "003_realSR_BSRGAN_DFOWMFC_s64w8_SwinIR-L_x4_GAN.pth"
)
REALESRGAN: tuple[tuple[str, str, int], ...] = (
    ("R-ESRGAN General 4xV3", f"{_RELEASES}/v0.2.5.0/realesr-general-x4v3.pth", 4),
    ("R-ESRGAN General WDN 4xV3", f"{_RELEASES}/v0.2.5.0/realesr-general-wdn-x4v3.pth", 4),
    ("R-ESRGAN AnimeVideo", f"{_RELEASES}/v0.2.5.0/realesr-animevideov3.pth", 4),
    ("R-ESRGAN 4x+", f"{_RELEASES}/v0.1.0/RealESRGAN_x4plus.pth", 4),
    ("R-ESRGAN 4x+ Anime6B", f"{_RELEASES}/v0.2.2.4/RealESRGAN_x4plus_anime_6B.pth", 4),
    ("R-ESRGAN 2x+", f"{_RELEASES}/v0.2.1/RealESRGAN_x2plus.pth", 2),
)
"""Name, address and scale of the six published Real-ESRGAN files."""
FOLDERS = {
    "esrgan": "ESRGAN",
    "realesrgan": "RealESRGAN",
    "dat": "DAT",
    "hat": "HAT",
    "swinir": "SwinIR",
    "scunet": "ScuNET",
}
"""Their folders below the folder of models, by kind."""
REALESRGAN_DEFAULT = ("R-ESRGAN 4x+", "R-ESRGAN 4x+ Anime6B")
DAT_DEFAULT = ("DAT x2", "DAT x3", "DAT x4")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpscalerEntry:
    """One upscaler. ``path`` is the local file, or None if there is none or it is not there.

    ``address`` is where the published file is; it is shown, never fetched.
    """

    name: str
    kind: UpscalerKind
    scale: float | None = 4.0
    path: Path | None = None
    model_name: str | None = None
    address: str | None = None

    @property
    def missing(self) -> str:
        """The reason in one line why it can't be used; empty if it can."""
        if self.kind == "ldsr":
            return "the upscaler LDSR is not supported"
        if self.path is not None or self.kind in ("none", "lanczos", "nearest"):
            return ""
        file = (self.address or self.name).rpartition("/")[2]
        return f"upscaler {self.name} needs {file} in models/{FOLDERS.get(self.kind, 'ESRGAN')}"

    @property
    def model_path(self) -> str | None:
        """The model's path in A1111's list: the address of a published file, even if the file is here."""
        return self.address or (str(self.path) if self.path is not None else None)


class UpscalerCatalog:
    """The upscalers of some folders."""

    def __init__(
        self,
        folders: Folders,
        *,
        realesrgan: Collection[str] = REALESRGAN_DEFAULT,
        dat: Collection[str] = DAT_DEFAULT,
    ) -> None:
        self._folders = folders
        self._realesrgan = realesrgan
        self._dat = dat
        places = (folders.esrgan, folders.realesrgan, folders.dat, folders.swinir, folders.scunet)
        self._items = Listing(folders, chain.from_iterable(places), self._read)

    def refresh(self) -> None:
        """Read the folders again."""
        self._items.refresh()

    def _read(self) -> tuple[UpscalerEntry, ...]:
        found = {item.name: item for item in self._scan()}
        return (*_BUILT_IN, *sorted(found.values(), key=lambda item: item.name.lower()))

    def list(self) -> tuple[UpscalerEntry, ...]:
        """Return None, Lanczos and Nearest, then all others by name."""
        return self._items.get()

    def find(self, name: str) -> UpscalerEntry | None:
        """Find an upscaler by its exact name, else by the name in another letter case."""
        items = self.list()
        exact = next((item for item in items if item.name == name), None)
        return exact or next((item for item in items if item.name.lower() == name.lower()), None)

    def _scan(self) -> Iterator[UpscalerEntry]:
        folders = self._folders
        yield from self._dats()
        yield from _files_or(
            folders.esrgan,
            "esrgan",
            UpscalerEntry(
                name="ESRGAN_4x", kind="esrgan", model_name="ESRGAN_4x", address=f"{_KAIR}/ESRGAN.pth"
            ),
        )
        yield UpscalerEntry(name="LDSR", kind="ldsr")
        yield from self._realesrgans()
        yield from self._scunets()
        yield from _files_or(
            folders.swinir,
            "swinir",
            UpscalerEntry(name="SwinIR 4x", kind="swinir", model_name="SwinIR 4x", address=_SWINIR),
        )

    def _dats(self) -> Iterator[UpscalerEntry]:
        published = {f"DAT_x{scale}": scale for scale in (2, 3, 4)}
        files = {path.stem: path for path in walk_all(self._folders.dat, (".pt", ".pth", ".safetensors"))}
        for stem, scale in published.items():
            if f"DAT x{scale}" in self._dat:
                address = f"{_DAT}/{stem}.pth"
                yield UpscalerEntry(
                    name=f"DAT x{scale}",
                    kind="dat",
                    scale=float(scale),
                    path=files.get(stem),
                    address=address,
                )
        for stem, path in files.items():
            if stem not in published:
                hat = path.parent.name.lower() == "hat"
                yield UpscalerEntry(
                    name=stem, kind="hat" if hat else "dat", scale=4.0 if hat else None, path=path
                )

    def _realesrgans(self) -> Iterator[UpscalerEntry]:
        files = {path.name: path for path in walk_all(self._folders.realesrgan, (".pth",))}
        for name, address, scale in REALESRGAN:
            if name in self._realesrgan:
                path = files.get(address.rpartition("/")[2])
                yield UpscalerEntry(
                    name=name, kind="realesrgan", scale=float(scale), path=path, address=address
                )

    def _scunets(self) -> Iterator[UpscalerEntry]:
        gan = UpscalerEntry(
            name="ScuNET GAN",
            kind="scunet",
            model_name="ScuNET GAN",
            address=f"{_KAIR}/scunet_color_real_gan.pth",
        )
        yield UpscalerEntry(
            name="ScuNET PSNR",
            kind="scunet",
            model_name="ScuNET GAN",
            address=f"{_KAIR}/scunet_color_real_psnr.pth",
        )
        yield from _files_or(self._folders.scunet, "scunet", gan)


_BUILT_IN = (
    UpscalerEntry(name="None", kind="none"),
    UpscalerEntry(name="Lanczos", kind="lanczos"),
    UpscalerEntry(name="Nearest", kind="nearest"),
)


def _files_or(
    folders: tuple[Path, ...], kind: UpscalerKind, placeholder: UpscalerEntry
) -> Iterator[UpscalerEntry]:
    """Yield one upscaler per file, or the placeholder where there is none."""
    files = walk_all(folders, (".pt", ".pth", ".safetensors"))
    if not files:
        yield placeholder
    for path in files:
        name = _published_name(path) or path.stem
        yield UpscalerEntry(name=name, kind=kind, path=path.absolute(), model_name=placeholder.model_name)


def _published_name(path: Path) -> str | None:
    return {"scunet_color_real_gan": "ScuNET GAN", "scunet_color_real_psnr": "ScuNET PSNR"}.get(path.stem)
