"""How this server reads infotexts: its options and styles."""

from __future__ import annotations

from pipelines.text.infotext.parse import ParseRules
from sdapi.core.state import State
from sdapi.listings.styles import load_styles


def parse_rules(state: State) -> ParseRules:
    """Today's rules."""
    store = state.store
    return ParseRules(
        styles=tuple(load_styles(state.config.styles).values()),
        infotext_styles=str(store.get("infotext_styles")),
        auto_backcompat=bool(store.get("auto_backcompat")),
        use_old_hires_fix_width_height=bool(store.get("use_old_hires_fix_width_height")),
        local_lora=state.catalog.lora_name,
        infotext_skip_pasting=frozenset(map(str, store.get("infotext_skip_pasting") or ())),
    )
