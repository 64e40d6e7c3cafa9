"""Extensions that are git checkouts, read from their ``.git`` folders without running git."""

from __future__ import annotations

import configparser
from collections.abc import Set
from pathlib import Path
from typing import Any


def list_extensions(folder: Path, disabled: Set[str]) -> list[dict[str, Any]]:
    """A row per checkout with a remote and a branch; others are left out."""
    if not folder.is_dir():
        return []
    rows = (_row(path, disabled) for path in sorted(folder.iterdir()) if (path / ".git").is_dir())
    return [row for row in rows if row is not None]


def _row(path: Path, disabled: Set[str]) -> dict[str, Any] | None:
    git = path / ".git"
    remote, branch = _remote(git), _branch(git)
    commit = _commit(git, branch) if branch else None
    if not (remote and branch and commit):
        return None
    return {
        "name": path.name,
        "remote": remote,
        "branch": branch,
        "commit_hash": commit,
        "version": commit[:8],
        "commit_date": _date(git),
        "enabled": path.name not in disabled,
    }


def _remote(git: Path) -> str | None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    try:
        parser.read(git / "config", encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return None
    return parser.get('remote "origin"', "url", fallback=None)


def _branch(git: Path) -> str | None:
    head = _text(git / "HEAD")
    return head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else None


def _commit(git: Path, branch: str) -> str | None:
    loose = _text(git / "refs" / "heads" / branch)
    if loose:
        return loose
    packed = _text(git / "packed-refs").splitlines()
    return next((line.split()[0] for line in packed if line.endswith(f" refs/heads/{branch}")), None)


def _date(git: Path) -> str:
    """The time at which HEAD last moved, in seconds since 1970, as text; 0 if it isn't logged."""
    lines = _text(git / "logs" / "HEAD").splitlines()
    words = lines[-1].partition("\t")[0].split() if lines else []
    return words[-2] if len(words) >= 2 and words[-2].isdigit() else "0"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
