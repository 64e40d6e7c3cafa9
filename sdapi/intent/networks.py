"""Write the networks that a client lists apart from its prompt into it, where the engine looks for them."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.errors import InvalidRequest
from sdapi.core.services import Catalog
from sdapi.intent.intent import Intent, NetworkIntent

MARKS = frozenset("<>:\n")
"""Characters that end a name in a prompt."""


def with_networks(intent: Intent, catalog: Catalog) -> Intent:
    """The intent with its networks at the end of every prompt. Raises InvalidRequest for unknown names."""
    if not intent.networks:
        return intent
    known = {name.casefold(): row.name for row in catalog.loras() for name in (row.alias, row.name)}
    tags = ""
    for number, network in enumerate(intent.networks):
        name = known.get(network.name.casefold())
        if name is None or MARKS & set(name):
            text = f"no network is called {network.name!a}"
            raise InvalidRequest(text, field=f"networks.{number}.name")
        tags += _tag(name, network)
    own, hires = intent.per_picture, intent.hires
    return replace(
        intent,
        prompt=intent.prompt + tags,
        hires=replace(hires, prompt=hires.prompt + tags) if hires and hires.prompt else hires,
        per_picture=replace(own, prompts=tuple(prompt + tags for prompt in own.prompts)),
    )


def _tag(name: str, network: NetworkIntent) -> str:
    """The prompt's tag; where the text encoder's strength is another, that comes first."""
    if network.text_strength is None:
        return f"<lora:{name}:{network.strength:g}>"
    return f"<lora:{name}:{network.text_strength:g}:{network.strength:g}>"
