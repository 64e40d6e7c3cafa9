"""User settings: one table, and the values that a user has set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from extensions.swarmui.store.kept import KeptValues

SettingValue: TypeAlias = bool | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSetting:
    """One row; a dot in the name is a section."""

    name: str
    default: SettingValue
    about: str
    low: int = 0
    high: int = 0
    values: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The setting's name in requests."""
        return self.name.lower()

    def read(self, value: object) -> SettingValue | None:
        """Return a value in the setting's type; None for one that it can't take."""
        text = str(value).strip()
        if isinstance(self.default, bool):
            return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())
        if isinstance(self.default, int):
            number = int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else None
            return number if number is not None and self.low <= number <= self.high else None
        if self.values:
            return next((known for known in self.values if known.lower() == text.lower()), None)
        return text if len(text) <= 500 else None


FORMATS = ("PNG", "JPG", "JPG90", "JPG75", "WEBP", "WEBP_LOSSLESS", "WEBP_100", "WEBP_90", "WEBP_75")
SETTINGS = tuple(
    UserSetting(name=name, default=default, about=about, low=low, high=high, values=values)
    for name, default, about, low, high, values in (
        ("SaveFiles", True, "Save pictures; without it they are sent and forgotten.", 0, 0, ()),
        ("StarNoFolders", False, "Keep copies of starred pictures in one folder.", 0, 0, ()),
        ("MaxImagesInHistory", 1000, "Pictures that a listing shows at most.", 1, 100_000, ()),
        ("FileFormat.ImageFormat", "PNG", "The format of pictures.", 0, 0, FORMATS),
        ("FileFormat.SaveMetadata", True, "Write metadata into pictures.", 0, 0, ()),
        ("FileFormat.SaveTextFileMetadata", False, "Write metadata into a text beside them, too.", 0, 0, ()),
        ("OutPathBuilder.Format", "", "The names of files; empty is the usual form.", 0, 0, ()),
        ("OutPathBuilder.MaxLenPerPart", 40, "Characters of one part of a name.", 1, 200, ()),
    )
)
BY_ID = {setting.id: setting for setting in SETTINGS}


class UserSettings:
    """The settings of one user."""

    def __init__(self, kept: KeptValues, owner: str) -> None:
        self._kept = kept
        self._owner = owner

    def values(self) -> dict[str, Any]:
        """Every setting's value, by its id."""
        own = self._kept.every(self._owner, "setting")
        return {setting.id: own.get(setting.id, setting.default) for setting in SETTINGS}

    def change(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Keep the known settings; return a warning for each one that was ignored."""
        ignored: list[str] = []
        for key, value in values.items():
            setting = BY_ID.get(key.lower())
            read = None if setting is None else setting.read(value)
            if setting is None or read is None:
                ignored.append(
                    f"{key[:60]!a} is ignored: " + ("no such setting" if setting is None else "bad value")
                )
            else:
                self._kept.put(self._owner, "setting", setting.id, read)
        return tuple(ignored)
