"""Options of the script, by the original's keys, and two of the project's own."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULTS: Mapping[str, str | bool] = {
    "wildcards": False,
    "wildcard_dir": "",
    "dp_ignore_whitespace": False,
    "dp_write_raw_template": False,
    "dp_parser_variant_start": "{",
    "dp_parser_variant_end": "}",
    "dp_parser_wildcard_wrap": "__",
    "dp_limit_jinja_prompts": False,
    "dp_wildcard_manager_no_dedupe": False,
    "dp_wildcard_manager_no_sort": False,
    "dp_wildcard_manager_shuffle": False,
}
"""``wildcards``: read every prompt as a template, also where no client names the script.

``wildcard_dir``: a further folder of wildcard files, within the server's own.
"""


def option(given: Mapping[str, object], key: str) -> str | bool:
    """An option of a job, its default where the server declares none."""
    value = given.get(key, DEFAULTS[key])
    return value if isinstance(value, str | bool) else DEFAULTS[key]
