"""Pictures for nodes: save, load and look up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.invokeai.context.interface import InvocationContextInterface
from extensions.invokeai.context.progress import signal
from extensions.invokeai.fields.dtos import ImageDTO
from extensions.invokeai.fields.mixins import WithBoard, WithMetadata
from extensions.invokeai.fields.values import MetadataField
from extensions.invokeai.store.images import ImageWish
from extensions.invokeai.vocabulary.nodes import IMAGE_MODES, ImageCategory

if TYPE_CHECKING:
    from PIL.Image import Image


class ImagesInterface(InvocationContextInterface):
    """The pictures that the session's user sees."""

    def save(
        self,
        image: Image,
        board_id: str | None = None,
        image_category: ImageCategory = ImageCategory.GENERAL,
        metadata: MetadataField | None = None,
    ) -> ImageDTO:
        """Save a picture in the store, and return its record.

        ``board_id`` and ``metadata`` win over the node's own inputs. Metadata and the session's workflow go
        into the file. With a board that doesn't exist the picture is on no board, and a warning is logged.
        """
        signal(self._services, self._data, "Saving image")
        item, node = self._data.queue_item, self._data.invocation
        if metadata is None and isinstance(node, WithMetadata):
            metadata = node.metadata
        if board_id is None and isinstance(node, WithBoard) and node.board is not None:
            board_id = node.board.board_id
        wish = ImageWish(
            category=ImageCategory(image_category),
            is_intermediate=node.is_intermediate,
            session_id=item.session_id,
            node_id=node.id,
            board_id=self._known_board(board_id),
            metadata=_json(metadata),
            workflow=json.dumps(item.workflow) if item.workflow else None,
            graph=json.dumps(item.graph) if item.graph else None,
        )
        return self._services.gallery.images.save(image, wish)

    def _known_board(self, board_id: str | None) -> str | None:
        if board_id is None or self._services.gallery.boards.exists(board_id):
            return board_id
        self._services.logger.warning("there is no board %s: the picture is put on none", board_id)
        return None

    def get_pil(self, image_name: str, mode: IMAGE_MODES | None = None) -> Image:
        """Return a copy of a picture, converted to ``mode`` if Pillow can; otherwise a warning is logged."""
        image = self._services.gallery.images.open(image_name)
        if mode is None or image.mode == mode:
            return image
        try:
            return image.convert(mode)
        except ValueError:
            text = "picture %s can't be converted from %s to %s: it stays as it is"
            self._services.logger.warning(text, image_name, image.mode, mode)
            return image

    def get_metadata(self, image_name: str) -> MetadataField | None:
        """Return a picture's metadata, None if it has none."""
        found = self._services.gallery.images.metadata(image_name)
        return None if found is None else MetadataField(dict(found))

    def get_dto(self, image_name: str) -> ImageDTO:
        """Return the record of a picture."""
        return self._services.gallery.images.get(image_name)

    def get_path(self, image_name: str, thumbnail: bool = False) -> Path:
        """Return the path of a picture's file, or of its thumbnail's."""
        images = self._services.gallery.images
        images.get(image_name)
        return images.files.path(image_name, thumbnail=thumbnail)


def _json(metadata: MetadataField | None) -> str | None:
    return json.dumps(metadata.root, default=str) if metadata is not None and metadata.root else None
