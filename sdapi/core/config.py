"""Settings of the HTTP layer, taken from the command line's flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pipelines.limits import FLAGS, WorkLimits
from sdapi.core.hooks import find_api_extensions
from sdapi.http.auth import User, read_users

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 7861
"""The port of A1111 without its UI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits(WorkLimits):
    """What one request may ask for. Beyond: 413 for bytes and values of the body, else 422 naming the field.

    ``bodies_bytes`` is for all bodies that are read at once. ``body_values`` bounds commas and opening
    brackets, so that a body can't become many times its size in memory.
    ``image_pixels`` is where Pillow begins to warn of decompression bombs. ``ram`` and ``vram`` are an
    engine's budgets in MiB; None is no bound. ``full_precision`` says that weights are kept in fp32.
    """

    body_bytes: int = 512 * 2**20
    bodies_bytes: int = 2048 * 2**20
    body_values: int = 1_000_000
    image_pixels: int = 89_478_485
    ram: int | None = None
    vram: int | None = None
    full_precision: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Which options may not be changed over HTTP."""

    everything: bool = False
    sections: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    directories: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """Origins that browsers may call from."""

    origins: tuple[str, ...] = ()
    regex: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPolicy:
    """Where webhooks may go, and the key they are signed with; without a key there are none."""

    secret: str = ""
    public_only: bool = True
    seconds: float = 10.0
    pauses: tuple[float, ...] = (1.0, 5.0, 30.0, 120.0, 600.0)
    """Seconds before each further try."""
    file: Path | None = None
    """Where messages on their way outlive the server."""

    def __repr__(self) -> str:
        return f"WebhookPolicy(public_only={self.public_only})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiConfig:
    """Everything the HTTP layer is told at its start."""

    data: Path = Path()
    flags: Mapping[str, Any] = field(default_factory=dict[str, Any])
    users: tuple[User, ...] = ()
    cors: Cors = Cors()
    limits: Limits = Limits()
    freeze: Freeze = Freeze()
    settings_file: Path = Path("config.json")
    styles: tuple[str, ...] = ()
    scripts: tuple[Path, ...] = ()
    extensions: tuple[str, ...] = ()
    log_requests: bool = False
    server_stop: bool = False
    allow_code: bool = False
    subpath: str = ""
    webhooks: WebhookPolicy = WebhookPolicy()
    end_with_connection: bool = False
    keys: Path | None = None
    version: str = "v1.10.1"

    @classmethod
    def from_flags(cls, flags: Mapping[str, Any]) -> Self:
        """From parsed flags by their destination names; flags that are absent keep their default."""
        data = Path(flags.get("data_dir") or ".").resolve()
        subpath = (flags.get("subpath") or "").strip("/")
        return cls(
            data=data,
            flags=flags,
            users=read_users(flags.get("api_auth")),
            cors=_cors(flags),
            limits=_limits(flags),
            freeze=_freeze(flags),
            settings_file=data / (flags.get("ui_settings_file") or "config.json"),
            styles=tuple(str(p) for p in flags.get("styles_file") or (data / "styles.csv",)),
            scripts=tuple(dict.fromkeys((ROOT / "scripts", data / "scripts"))),
            extensions=_extensions(flags),
            log_requests=bool(flags.get("api_log")),
            server_stop=bool(flags.get("api_server_stop")),
            allow_code=bool(flags.get("allow_code")),
            subpath=f"/{subpath}" if subpath else "",
            webhooks=_webhooks(flags, data),
            keys=Path(flags["api_keys"]) if flags.get("api_keys") else None,
            end_with_connection=bool(flags.get("cancel_on_disconnect")),
        )


def _extensions(flags: Mapping[str, Any]) -> tuple[str, ...]:
    return () if flags.get("disable_all_extensions") else find_api_extensions(ROOT / "extensions")


def _words(text: object) -> tuple[str, ...]:
    return tuple(w.strip() for w in str(text or "").split(",") if w.strip())


def _cors(flags: Mapping[str, Any]) -> Cors:
    regex = flags.get("cors_allow_origins_regex") or None
    return Cors(origins=_words(flags.get("cors_allow_origins")), regex=regex)


_WORK = {name: flag.removeprefix("--").replace("-", "_") for name, flag in FLAGS.items()}


def work_limits(flags: Mapping[str, Any]) -> WorkLimits:
    """What engines are told of the limits."""
    return WorkLimits(**_given(flags, _WORK))


def _limits(flags: Mapping[str, Any]) -> Limits:
    names = {
        **_WORK,
        "body_bytes": "max_body_bytes",
        "bodies_bytes": "max_bodies_bytes",
        "image_pixels": "max_image_pixels",
        "ram": "ram_budget",
        "vram": "vram_budget",
    }
    full = bool(flags.get("no_half")) or flags.get("precision") == "full"
    return Limits(full_precision=full, **_given(flags, names))


def _given(flags: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, int]:
    """The limits that flags set; 0 and nothing leave the default."""
    found = {name: flags.get(flag) for name, flag in names.items()}
    return {name: int(value) for name, value in found.items() if value}


def _webhooks(flags: Mapping[str, Any], data: Path) -> WebhookPolicy:
    return WebhookPolicy(
        secret=flags.get("webhook_key") or "",
        public_only=not flags.get("webhook_local"),
        file=None if flags.get("db") == ":memory:" else data / "webhooks.json",
    )


def _freeze(flags: Mapping[str, Any]) -> Freeze:
    return Freeze(
        everything=bool(flags.get("freeze_settings")),
        sections=frozenset(_words(flags.get("freeze_settings_in_sections"))),
        keys=frozenset(_words(flags.get("freeze_specific_settings"))),
        directories=bool(flags.get("hide_ui_dir_config")),
    )
