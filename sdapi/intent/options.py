"""The options of one request: the store's values with the request's own over them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions, OutputOptions
from sdapi.options.store import OptionStore, reportable

KNOWN_TO_ENGINES = frozenset(
    field.name for view in (GenerationOptions, OutputOptions) for field in fields(view)
)
PARTS_OF_REQUESTS = frozenset({"sd_model_checkpoint", "face_restoration", "tiling"})
"""Keys that are resolved before an engine sees a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveOptions:
    """Options that hold for one job. ``overrides`` are those the request set, coerced."""

    values: Mapping[str, Any]
    overrides: Mapping[str, Any]
    warnings: tuple[str, ...] = ()
    extension_keys: AbstractSet[str] = frozenset()

    @property
    def generation(self) -> GenerationOptions:
        """The part that changes pixels; what extensions declare is in it."""
        values = _frozen(self.values)
        own = {key: values[key] for key in sorted(self.extension_keys)}
        return GenerationOptions.from_mapping({**values, "extension": own})

    @property
    def output(self) -> OutputOptions:
        """The part that shapes files and metadata."""
        return OutputOptions.from_mapping(_frozen(self.values))


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def resolve_options(
    store: OptionStore, overrides: Mapping[str, Any] | None, *, kept: bool = False
) -> EffectiveOptions:
    """Lay overrides over the store without touching it; unknown keys are reported, not errors.

    ``kept`` overrides will become the store's: then keys that no job reads have an effect, too.
    """
    before = store.values()
    if not overrides:
        return EffectiveOptions(values=before, overrides={}, extension_keys=store.extension_keys)
    try:
        change = store.validate(overrides)
    except InvalidRequest as error:
        field = f"overrides.{error.field}" if error.field else "overrides"
        raise InvalidRequest(error.message, field=field) from None
    given = {key: value for key, value in change.values.items() if value is not None}
    idle = [
        key for key, value in given.items() if value != before[key] and not _counts(key, store, kept=kept)
    ]
    return EffectiveOptions(
        values={**before, **given},
        overrides=given,
        warnings=(
            *(f"overrides: {key!a} is ignored" for key in reportable(change.ignored)),
            *(f"overrides: {key!a} had no effect: pictures don't go by it here" for key in idle),
        ),
        extension_keys=store.extension_keys,
    )


def _counts(key: str, store: OptionStore, *, kept: bool) -> bool:
    """True if setting an option for a request can change anything."""
    read = KNOWN_TO_ENGINES | PARTS_OF_REQUESTS | store.extension_keys
    return key not in store.unread_keys and (kept or key in read)
