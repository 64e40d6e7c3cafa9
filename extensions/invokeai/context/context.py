"""The one argument of ``invoke``."""

from __future__ import annotations

from extensions.invokeai.context.images import ImagesInterface
from extensions.invokeai.context.models import ModelsInterface
from extensions.invokeai.context.parts import InvocationContextData, InvocationServices
from extensions.invokeai.context.plain import (
    BoardsInterface,
    ConditioningInterface,
    ConfigInterface,
    LoggerInterface,
    TensorsInterface,
)
from extensions.invokeai.context.util import UtilInterface


class InvocationContext:
    """The parts that a node may use, for one run of it."""

    def __init__(
        self,
        images: ImagesInterface,
        tensors: TensorsInterface,
        conditioning: ConditioningInterface,
        models: ModelsInterface,
        logger: LoggerInterface,
        config: ConfigInterface,
        util: UtilInterface,
        boards: BoardsInterface,
        data: InvocationContextData,
        services: InvocationServices,
    ) -> None:
        self.images = images
        self.tensors = tensors
        self.conditioning = conditioning
        self.models = models
        self.logger = logger
        self.config = config
        self.util = util
        self.boards = boards
        self._data = data
        self._services = services

    @property
    def services(self) -> InvocationServices:
        """The engine's own parts, for our core nodes; packs have no promise about them."""
        return self._services

    @property
    def data(self) -> InvocationContextData:
        """The facts of this run: the queue's item, the node, its id in the graph."""
        return self._data


def build_invocation_context(services: InvocationServices, data: InvocationContextData) -> InvocationContext:
    """Make the context of one run of a node."""
    return InvocationContext(
        images=ImagesInterface(services, data),
        tensors=TensorsInterface(services, data),
        conditioning=ConditioningInterface(services, data),
        models=ModelsInterface(services, data),
        logger=LoggerInterface(services, data),
        config=ConfigInterface(services, data),
        util=UtilInterface(services, data),
        boards=BoardsInterface(services, data),
        data=data,
        services=services,
    )
