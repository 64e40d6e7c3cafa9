"""The smaller parts of a node's context: tensors, conditioning, logger, settings, boards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.invokeai.context.conditioning_data import ConditioningFieldData
from extensions.invokeai.context.config import InvokeAIAppConfig
from extensions.invokeai.context.interface import InvocationContextInterface
from extensions.invokeai.fields.dtos import BoardDTO

if TYPE_CHECKING:
    from torch import Tensor


class TensorsInterface(InvocationContextInterface):
    """Tensors between nodes: latents, noise and masks, on the CPU."""

    def save(self, tensor: Tensor) -> str:
        """Save a copy of a tensor, and return its name."""
        name = self._services.shared.tensors.save(tensor)
        self._services.saved.add(name)
        return name

    def load(self, name: str) -> Tensor:
        """Return a copy of a saved tensor."""
        return self._services.shared.tensors.load(name)


class ConditioningInterface(InvocationContextInterface):
    """Encoded prompts between nodes."""

    def save(self, conditioning_data: ConditioningFieldData) -> str:
        """Save a copy of conditioning, and return its name."""
        name = self._services.shared.conditioning.save(conditioning_data)
        self._services.saved.add(name)
        return name

    def load(self, name: str) -> ConditioningFieldData:
        """Return a copy of saved conditioning."""
        return self._services.shared.conditioning.load(name)


class LoggerInterface(InvocationContextInterface):
    """The server's log."""

    def debug(self, message: str) -> None:
        """Log a message for those who look for a fault."""
        self._services.logger.debug(message)

    def info(self, message: str) -> None:
        """Log a message of interest to everybody."""
        self._services.logger.info(message)

    def warning(self, message: str) -> None:
        """Log something odd that the node goes on after."""
        self._services.logger.warning(message)

    def error(self, message: str) -> None:
        """Log a failure."""
        self._services.logger.error(message)


class ConfigInterface(InvocationContextInterface):
    """The server's settings."""

    def get(self) -> InvokeAIAppConfig:
        """Return all settings."""
        return self._services.configuration


class BoardsInterface(InvocationContextInterface):
    """The boards that the session's user sees."""

    def create(self, board_name: str) -> BoardDTO:
        """Make a board of that name."""
        return self._services.gallery.boards.create(board_name)

    def get_dto(self, board_id: str) -> BoardDTO:
        """Return the record of a board."""
        return self._services.gallery.boards.get(board_id)

    def get_all(self) -> list[BoardDTO]:
        """List all boards, archived ones too, the newest first."""
        return self._services.gallery.boards.list(archived=True)

    def add_image_to_board(self, board_id: str, image_name: str) -> None:
        """Put a picture on a board."""
        self._services.gallery.boards.put(board_id, image_name)

    def get_all_image_names_for_board(self, board_id: str) -> list[str]:
        """List the names of the pictures on a board."""
        return self._services.gallery.boards.image_names(board_id)
