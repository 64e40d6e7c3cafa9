"""Puts a job's patches on a model and takes the former ones off, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import nn

from pipelines.adapters.cache import AdapterCache, HypernetworkCache
from pipelines.adapters.hypernetwork_file import Hypernetwork
from pipelines.adapters.network_file import AdapterFile
from pipelines.adapters.patching.functional import functional_change
from pipelines.adapters.patching.hypernetwork import HypernetworkPatcher
from pipelines.adapters.patching.hypertile import HypertilePatcher, vae_depth
from pipelines.adapters.patching.layers import Layers
from pipelines.adapters.patching.tiling import TilingPatcher
from pipelines.adapters.patching.tome import TokenMergingPatcher
from pipelines.adapters.patching.weights import SPARE_BYTES, Step, WeightPatcher
from pipelines.contract.errors import CorruptFile
from pipelines.families.base import PatchKind
from pipelines.families.patches import NO_PATCHES, HypernetworkUse, NetworkUse, Patches
from pipelines.memory.budget import Budget

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel


@dataclass(slots=True, kw_only=True)
class _State:
    """The patchers of one model, and the layers that each network file changes in it, by path and version."""

    layers: Layers
    in_text_encoder: Callable[[str], bool]
    weights: WeightPatcher
    hypernetworks: HypernetworkPatcher
    tiling: TilingPatcher
    token_merging: TokenMergingPatcher
    hypertile: HypertilePatcher
    hypertile_vae: HypertilePatcher
    matches: dict[tuple[str, int], dict[str, str]]

    @property
    def bytes(self) -> int:
        """RAM taken in addition to the model's own weights."""
        return self.weights.bytes

    def reset(self, model: LoadedModel) -> None:
        """Take every patch off the model."""
        self.weights.apply({})
        self.hypernetworks.apply(())
        self.apply_hooks(model, NO_PATCHES)

    def apply_hooks(self, model: LoadedModel, patches: Patches) -> None:
        """Apply the patches that touch no weights and read no files."""
        self.tiling.apply(patches.tiling, _modules(model))
        self.token_merging.apply(patches.token_merging)
        self.hypertile.apply(patches.hypertile, model.backbone, model.family.attention_depth)
        self.hypertile_vae.apply(patches.hypertile_vae, model.codec.module, vae_depth)


class Patcher:
    """Patches the models of one engine, which share the network files that were read.

    Weights are merged only in the parts of a model that are on its device: apply again after a part came,
    and apply ``NO_PATCHES`` before one leaves.
    """

    def __init__(
        self,
        networks: AdapterCache | None = None,
        hypernetworks: HypernetworkCache | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.networks = networks or AdapterCache()
        self.hypernetworks = hypernetworks or HypernetworkCache()
        self._budget = budget or Budget()

    def __call__(self, model: LoadedModel, patches: Patches) -> tuple[str, ...]:
        """Make a model's patches those given; only what differs from the former ones is touched.

        Returns warnings about networks that could not be read, or don't fit the model. Raises OverBudget
        when the changed weights and their originals don't fit into the budget together.
        """
        spare_bytes = 0 if self._budget.hard else SPARE_BYTES
        state = model.patch_state if isinstance(model.patch_state, _State) else _new_state(model, spare_bytes)
        model.patch_state = state
        try:
            return self._apply(state, model, patches)
        except BaseException:
            state.reset(model)
            raise

    def _apply(self, state: _State, model: LoadedModel, patches: Patches) -> tuple[str, ...]:
        patches, warnings = _offered(model, patches)
        networks = list(self._read_networks(patches.networks, warnings))
        failures = state.weights.apply(_plan(state, networks, _resident_modules(model), warnings))
        self._budget.require(0, "the weights that the prompt's networks change", field="prompt")
        warnings += [_failure(name, layers) for name, layers in failures.items()]
        state.hypernetworks.apply(list(self._read_hypernetworks(patches.hypernetworks, warnings)))
        state.apply_hooks(model, patches)
        return tuple(warnings)

    def _read_networks(
        self, uses: Sequence[NetworkUse], warnings: list[str]
    ) -> Iterator[tuple[NetworkUse, AdapterFile]]:
        for use in uses:
            try:
                yield use, self.networks.get(Path(use.path))
            except (CorruptFile, OSError) as error:
                warnings.append(f"network {use.name} was left out: {error}")

    def _read_hypernetworks(
        self, uses: Sequence[HypernetworkUse], warnings: list[str]
    ) -> Iterator[tuple[Hypernetwork, float]]:
        for use in uses:
            try:
                yield self.hypernetworks.get(Path(use.path)), use.multiplier
            except (CorruptFile, OSError) as error:
                warnings.append(f"hypernetwork {use.name} was left out: {error}")


def _failure(network: str, layers: Sequence[str]) -> str:
    reason = "its numbers are not finite, or made for another shape"
    return f"{network}: {len(layers)} layers could not be changed, e.g. {layers[0]}: {reason}"


def _offered(model: LoadedModel, patches: Patches) -> tuple[Patches, list[str]]:
    """Return the patches that the model's family takes, and a warning for each of the others."""
    asked: dict[PatchKind, tuple[bool, dict[str, Any]]] = {
        "hypertile": (patches.hypertile is not None, {"hypertile": None}),
        "token_merging": (patches.token_merging > 0, {"token_merging": 0.0}),
        "hypernetworks": (bool(patches.hypernetworks), {"hypernetworks": ()}),
    }
    warnings: list[str] = []
    for kind, (wanted, without) in asked.items():
        if wanted and kind not in model.family.patches:
            warnings.append(f"{kind.replace('_', ' ')} is left out: {model.family.title} doesn't take it")
            patches = replace(patches, **without)
    return patches, warnings


def _new_state(model: LoadedModel, spare_bytes: int) -> _State:
    layers = Layers.of(model.family.layers(model), model.family.find_layer)
    return _State(
        layers=layers,
        in_text_encoder=model.family.in_text_encoder,
        weights=WeightPatcher(layers.modules, spare_bytes=spare_bytes),
        hypernetworks=HypernetworkPatcher(model.backbone),
        tiling=TilingPatcher(),
        token_merging=TokenMergingPatcher(model.backbone),
        hypertile=HypertilePatcher(),
        hypertile_vae=HypertilePatcher(),
        matches={},
    )


def _modules(model: LoadedModel) -> list[nn.Module]:
    return [module for part in model.parts for module in model.modules_of(part)]


def _resident_modules(model: LoadedModel) -> frozenset[nn.Module]:
    parts = model.parts if model.device.type == "cpu" else model.placement.resident
    return frozenset(
        child for part in parts for module in model.modules_of(part) for child in module.modules()
    )


def _plan(
    state: _State,
    networks: Sequence[tuple[NetworkUse, AdapterFile]],
    resident: frozenset[nn.Module],
    warnings: list[str],
) -> dict[str, list[Step]]:
    """Steps by layer, in the order of the networks."""
    plan: dict[str, list[Step]] = {}
    for use, network in networks:
        matches = _matches(state, use, network)
        missing = [key for key in network.layers if key not in matches]
        if missing:
            share = f"{len(missing)} of its {len(network.layers)} layers are not in this checkpoint"
            warnings.append(f"network {use.name}: {share} and had no effect, e.g. {missing[0]}")
        for key, layer in matches.items():
            if state.layers.modules[layer] in resident:
                multiplier = use.te if state.in_text_encoder(layer) else use.unet
                plan.setdefault(layer, []).append(_step(use, network, key, layer, multiplier))
    return plan


def _matches(state: _State, use: NetworkUse, network: AdapterFile) -> dict[str, str]:
    identity = (use.path, network.version)
    if identity not in state.matches:
        state.matches = {k: v for k, v in state.matches.items() if k[0] != use.path}
        state.matches[identity] = state.layers.match(network.layers)
    return state.matches[identity]


def _step(use: NetworkUse, network: AdapterFile, key: str, layer: str, multiplier: float) -> Step:
    change = network.layers[key]
    return Step(
        network=use.name,
        change=functional_change(change) if use.functional else change,
        multiplier=multiplier,
        dyn=None if use.functional else use.dyn,
        version=network.version,
        functional=use.functional,
    )
