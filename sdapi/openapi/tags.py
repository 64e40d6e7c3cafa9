"""The groups of operations, by the first part of their path."""

from __future__ import annotations

from collections.abc import Iterable

ORIGINAL = "default"
"""Operations of A1111 have no tag, and generators name the client of such operations by this word."""
DESCRIPTIONS = {
    ORIGINAL: "A1111's API.",
    "jobs": "Jobs by their ids: look at, fetch, follow, cancel.",
    "operators": "Probes and figures.",
    "internal": "Progress by task and other routes of A1111's user interface.",
    "sd_extra_networks": "Previews and metadata of model files.",
}
PREFIXES = {"/sdapi/v1/jobs": "jobs", "/sdapi/": ORIGINAL}


def tag_of(path: str) -> str:
    """The group of a path; an extension's is called by the first part of the path."""
    known = next((tag for prefix, tag in PREFIXES.items() if path.startswith(prefix)), None)
    return known or path.split("/")[1]


def listed(tags: Iterable[str]) -> list[dict[str, str]]:
    """The document's list of groups, those known first."""
    others = sorted(set(tags) - set(DESCRIPTIONS))
    texts = {**DESCRIPTIONS, **{tag: f"Routes below /{tag}." for tag in others}}
    return [{"name": tag, "description": text} for tag, text in texts.items()]
