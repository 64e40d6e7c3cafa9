"""A loaded model's text encoders with the textual inversions that fit them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.families.text import TextEncoder
from pipelines.text.embeddings.files import Embedding
from pipelines.text.embeddings.registry import EmbeddingRegistry, NameIndex
from pipelines.text.encoding.encoded import TextConditioner
from pipelines.text.encoding.tower import Tower

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel


def conditioner_of(
    model: LoadedModel,
    registry: EmbeddingRegistry,
    *,
    bundled: Sequence[Embedding] = (),
    own: Sequence[Embedding] = (),
    autocast: bool = True,
) -> TextConditioner:
    """Bring the text encoders to the device and describe them; the model's patches must already be applied.

    ``bundled``: textual inversions that came with active networks; ``own``: those of the job itself, which
    go before all others of their names. ``autocast``: see ``Family``.
    """
    plan = model.family.text
    model.require(*dict.fromkeys(tower.part for tower in plan.towers))
    encoders = model.family.encoders(model, autocast=autocast)
    width = sum(encoder.width for encoder in encoders)
    listing = registry.listing(width, bundled, own)
    fitting = [embedding for embedding in listing.loaded.values() if _fits(embedding, encoders)]
    known = {embedding.name for embedding in fitting}
    names = dict.fromkeys((*listing.loaded, *listing.skipped, *(embedding.name for embedding in bundled)))
    return TextConditioner(
        towers=tuple(
            Tower(encoder=encoder, lookup=NameIndex.build(fitting, encoder.tokenizer)) for encoder in encoders
        ),
        plan=plan,
        identity=(
            str(model.path),
            model.sha256,
            model.patches.networks,
            registry.revision,
            tuple(embedding.name for embedding in bundled),
            tuple((embedding.name, embedding.sha256) for embedding in own),
            autocast,
        ),
        unfit=tuple(name for name in names if name not in known),
    )


def _fits(embedding: Embedding, encoders: Sequence[TextEncoder]) -> bool:
    tensors = [(embedding.for_encoder(encoder.tokenizer.kind), encoder.width) for encoder in encoders]
    return all(tensor is None or tensor.shape[-1] == width for tensor, width in tensors)
