"""Options of the script, by the original's keys, and two of the project's own."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions, placed


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicOptions(ExtensionOptions):
    """``wildcards``: read every prompt as a template, also where no client names the script.

    ``wildcard_dir``: a further folder of wildcard files, within the server's own.
    """

    wildcards: bool = False
    wildcard_dir: str = placed("", "readable")
    dp_ignore_whitespace: bool = False
    dp_write_raw_template: bool = False
    dp_parser_variant_start: str = "{"
    dp_parser_variant_end: str = "}"
    dp_parser_wildcard_wrap: str = "__"
    dp_limit_jinja_prompts: bool = False
    dp_wildcard_manager_no_dedupe: bool = False
    dp_wildcard_manager_no_sort: bool = False
    dp_wildcard_manager_shuffle: bool = False
