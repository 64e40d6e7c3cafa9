"""A picture that the engine made, as the client gets it: metadata, format, file, address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from extensions.swarmui.history.metadata import metadata_text
from extensions.swarmui.history.names import NameParts
from extensions.swarmui.history.saving import address, as_data_url, encoded, save
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.parameters.table import TABLE
from pipelines.plugin import telling

VERSION = "0.9.4.0.SDAPI"
"""The version of SwarmUI whose API this is; clients compare it with the last that they saw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePicture:
    """A picture for the client. ``image``: an address to GET, or the picture itself as a data URL."""

    index: int
    image: str
    metadata: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """Keeps the pictures of one request as its parameters and the user's ``settings`` ask."""

    root: Path
    user: str
    request: SwarmRequest
    settings: Mapping[str, Any]
    request_id: str

    @property
    def keeps(self) -> bool:
        """True if pictures become files."""
        return bool(self.settings["savefiles"]) and not self.request.get("donotsave", False)

    def picture(
        self,
        png: bytes,
        index: int,
        values: Mapping[str, Any],
        extra: Mapping[str, Any],
        infotext: str | None = None,
    ) -> MadePicture:
        """Give a picture its metadata and keep it; call it in a thread. Raises NotWritten, DiskFull."""
        metadata = metadata_text(shown(values), {**self._beside(), **extra})
        kind = self.request.get("imageformat", str(self.settings["fileformat.imageformat"]))
        wanted = infotext if self.request.get("writeinfotext", False) else None
        file = encoded(png, kind, metadata if self.settings["fileformat.savemetadata"] else None, wanted)
        if not self.keeps:
            return MadePicture(index=index, image=as_data_url(file), metadata=metadata)
        form = self.request.get("overrideoutpathformat", str(self.settings["outpathbuilder.format"]))
        parts = NameParts(
            values=values,
            seed=int(values.get("seed", -1)),
            number=index,
            user=self.user,
            size=(values.get("width", 0), values.get("height", 0)),
            request=self.request_id,
        )
        longest = int(self.settings["outpathbuilder.maxlenperpart"])
        path = save(self.root, form, parts, file, longest=longest)
        if self.settings["fileformat.savetextfilemetadata"]:
            with telling("save a picture's metadata", "switch SaveTextFileMetadata off"):
                (self.root / path).with_suffix(".txt").write_text(metadata, encoding="utf-8")
        return MadePicture(index=index, image=address(self.user, path), metadata=metadata)

    def _beside(self) -> dict[str, Any]:
        """Extra metadata that every picture of the request has."""
        presets = {"presets_used": list(self.request.presets)} if self.request.presets else {}
        return {"date": datetime.now().strftime("%Y-%m-%d"), **presets, **self.request.extra}


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters for metadata: no pictures, nothing about files."""
    told = {name: value for name, value in values.items() if _is_told(name)}
    lists = {name: list(value) for name, value in told.items() if isinstance(value, tuple)}
    return {**told, **lists, "swarm_version": VERSION}


def _is_told(name: str) -> bool:
    row = TABLE.get(name)
    return row is not None and row.in_metadata and row.kind not in ("image", "image_list")
