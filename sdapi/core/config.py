"""Settings of the HTTP layer, taken from the command line's flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from pipelines.contract.limits import FLAGS, WorkLimits
from pipelines.contract.places import Places
from pipelines.contract.settings import Folders
from pipelines.extending.extension_packages import PACKAGE, server_extensions
from sdapi.flags.table import WEIGHTS
from sdapi.http.access.auth import User, read_users
from sdapi.http.access.cors import NO_ORIGINS, Cors
from sdapi.http.access.hosts import HostPolicy
from sdapi.http.limits import USUAL_LIMITS, Limits
from sdapi.options.freeze import NOTHING_FROZEN, Freeze

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 7861
"""The port of A1111 without its UI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPolicy:
    """The addresses that webhooks may go to, and the key that signs them; without a key there are none."""

    secret: str = ""
    public_only: bool = True
    seconds: float = 10.0
    pauses: tuple[float, ...] = (1.0, 5.0, 30.0, 120.0, 600.0)
    """Seconds before each further try."""
    file: Path | None = None
    """File in which messages on their way outlive the server; None keeps them in memory."""

    def __repr__(self) -> str:
        return f"WebhookPolicy(public_only={self.public_only})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiConfig:
    """Everything that the HTTP layer is given at its start."""

    data: Path = Path()
    flags: Mapping[str, Any] = field(default_factory=dict[str, Any])
    users: tuple[User, ...] = ()
    cors: Cors = NO_ORIGINS
    hosts: HostPolicy = field(default_factory=HostPolicy)
    limits: Limits = USUAL_LIMITS
    freeze: Freeze = NOTHING_FROZEN
    settings_file: Path = Path("config.json")
    styles: tuple[str, ...] = ()
    places: Places = field(default_factory=lambda: Places.of(Path()))
    folders: Folders | None = None
    """Folders of weights, as engines know them; None where no engine's settings are known."""
    scripts: tuple[Path, ...] = ()
    extensions: tuple[str, ...] = ()
    log_requests: bool = False
    server_stop: bool = False
    subpath: str = ""
    webhooks: WebhookPolicy = WebhookPolicy()
    end_with_connection: bool = False
    keys: Path | None = None
    version: str = "v1.10.1"

    @classmethod
    def from_flags(cls, flags: Mapping[str, Any]) -> Self:
        """Read parsed flags by their destination names; absent ones keep their default. Raises ValueError."""
        data = Path(flags.get("data_dir") or ".").resolve()
        subpath = (flags.get("subpath") or "").strip("/")
        return cls(
            data=data,
            flags=flags,
            users=read_users(flags.get("api_auth")),
            cors=_cors(flags),
            hosts=HostPolicy.from_flags(flags),
            limits=_limits(flags),
            freeze=_freeze(flags),
            settings_file=data / (flags.get("ui_settings_file") or "config.json"),
            places=_places(flags, data),
            styles=tuple(str(p) for p in flags.get("styles_file") or (data / "styles.csv",)),
            scripts=tuple(dict.fromkeys((ROOT / "scripts", data / "scripts"))),
            extensions=_extensions(flags, data),
            log_requests=bool(flags.get("api_log")),
            server_stop=bool(flags.get("api_server_stop")),
            subpath=f"/{subpath}" if subpath else "",
            webhooks=_webhooks(flags, data),
            keys=Path(flags["api_keys"]) if flags.get("api_keys") else None,
            end_with_connection=bool(flags.get("cancel_on_disconnect")),
        )


def _places(flags: Mapping[str, Any], data: Path) -> Places:
    """The folders that requests may name something in, as engines know them too."""
    models = (flags.get(name) for name in ("models_dir", *WEIGHTS))
    own = [data / "models", *(Path(folder) for folder in models if folder)]
    return Places.of(data, models=own, allowed=map(Path, flags.get("allow_outdir") or ()))


def _extensions(flags: Mapping[str, Any], data: Path) -> tuple[str, ...]:
    if flags.get("disable_all_extensions"):
        return ()
    return wanted_extensions(server_extensions((ROOT / PACKAGE, data / PACKAGE)), flags)


def wanted_extensions(names: Iterable[str], flags: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the extensions that no flag ``--no-NAME`` leaves out."""
    return tuple(name for name in names if not flags.get(f"no_{name}"))


def _words(text: object) -> tuple[str, ...]:
    return tuple(w.strip() for w in str(text or "").split(",") if w.strip())


def _cors(flags: Mapping[str, Any]) -> Cors:
    regex = flags.get("cors_allow_origins_regex") or None
    return Cors(origins=_words(flags.get("cors_allow_origins")), regex=regex)


_WORK = {name: flag.removeprefix("--").replace("-", "_") for name, flag in FLAGS.items()}


def work_limits(flags: Mapping[str, Any]) -> WorkLimits:
    """The limits that engines check, too."""
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
