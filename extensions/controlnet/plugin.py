"""All that another extension may use of ControlNet: maps, preprocessors, the arguments of their functions.

Names are imported when they are first asked for, so that a module of the API process takes only what needs
no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.plugin import lazy_exports

if TYPE_CHECKING:
    from extensions.controlnet.image_prompts.embed import EmbedCall as EmbedCall
    from extensions.controlnet.maps.draw import draw_map as draw_map
    from extensions.controlnet.maps.draw import draw_people as draw_people
    from extensions.controlnet.maps.embedding import ImageEmbedding as ImageEmbedding
    from extensions.controlnet.maps.shuffle import shuffle as shuffle
    from extensions.controlnet.maps.sliders import Run as Run
    from extensions.controlnet.maps.sliders import Sliders as Sliders
    from extensions.controlnet.maps.sliders import grey as grey
    from extensions.controlnet.maps.sliders import working_size as working_size
    from extensions.controlnet.preprocessors.effects import ColourEffect as ColourEffect
    from extensions.controlnet.preprocessors.effects import ImagePromptEffect as ImagePromptEffect
    from extensions.controlnet.preprocessors.effects import RecolourEffect as RecolourEffect
    from extensions.controlnet.preprocessors.effects import ReferenceEffect as ReferenceEffect
    from extensions.controlnet.preprocessors.effects import RepaintEffect as RepaintEffect
    from extensions.controlnet.preprocessors.effects import RevisionEffect as RevisionEffect
    from extensions.controlnet.preprocessors.effects import StyleEffect as StyleEffect
    from extensions.controlnet.preprocessors.preprocessor import MaskUse as MaskUse
    from extensions.controlnet.preprocessors.preprocessor import Preprocessor as Preprocessor
    from extensions.controlnet.preprocessors.preprocessor import Slider as Slider
    from extensions.controlnet.preprocessors.preprocessor import folder as folder
    from extensions.controlnet.preprocessors.preprocessor import resolution_slider as resolution_slider
    from extensions.controlnet.preprocessors.preprocessor import together as together
    from extensions.controlnet.preprocessors.table import register_preprocessor as register_preprocessor
    from extensions.controlnet.units.catalog import control_folders as control_folders
    from extensions.controlnet.units.pictures import Array as Array

__getattr__ = lazy_exports(__file__)
