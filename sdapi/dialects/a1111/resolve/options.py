"""The options of one request: the store's values with the request's ``override_settings`` over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions, OutputOptions
from sdapi.options.store import OptionStore, reportable


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveOptions:
    """Options that hold for one job. ``overrides`` are those the request set, coerced."""

    values: Mapping[str, Any]
    overrides: Mapping[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def generation(self) -> GenerationOptions:
        """The part that changes pixels."""
        return GenerationOptions.from_mapping(_frozen(self.values))

    @property
    def output(self) -> OutputOptions:
        """The part that shapes files and metadata."""
        return OutputOptions.from_mapping(_frozen(self.values))


def _frozen(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def resolve_options(store: OptionStore, overrides: Mapping[str, Any] | None) -> EffectiveOptions:
    """Lay overrides over the store without touching it; unknown keys are reported, not errors."""
    if not overrides:
        return EffectiveOptions(values=store.values(), overrides={})
    try:
        change = store.validate(overrides)
    except InvalidRequest as error:
        field = f"override_settings.{error.field}" if error.field else "override_settings"
        raise InvalidRequest(error.message, field=field) from None
    kept = {key: value for key, value in change.values.items() if value is not None}
    warnings = tuple(f"override_settings: {key!a} is ignored" for key in reportable(change.ignored))
    return EffectiveOptions(values={**store.values(), **kept}, overrides=kept, warnings=warnings)
