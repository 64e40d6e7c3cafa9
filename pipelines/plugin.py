"""All that an extension or a script may use of the engine.

Names are imported when they are first asked for, so that a module of an extension that runs in the API
process takes only what needs no torch. What stands here keeps its name and meaning; all else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.contract.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from pipelines.catalog.bounded import read_json as read_json
    from pipelines.catalog.contents import instead as instead
    from pipelines.catalog.disk import telling as telling
    from pipelines.catalog.file_kind import explain as explain
    from pipelines.catalog.files import stamp as stamp
    from pipelines.catalog.files import walk as walk
    from pipelines.catalog.pickle_shapes import require_bounded as require_bounded
    from pipelines.catalog.tensor_shapes import tensor_shapes as tensor_shapes
    from pipelines.contract.errors import Cancelled as Cancelled
    from pipelines.contract.errors import CorruptFile as CorruptFile
    from pipelines.contract.errors import InvalidRequest as InvalidRequest
    from pipelines.contract.errors import MissingWeights as MissingWeights
    from pipelines.contract.errors import SdapiError as SdapiError
    from pipelines.contract.errors import UnsupportedModel as UnsupportedModel
    from pipelines.contract.extras_size import check_count as check_count
    from pipelines.contract.failure import is_fatal as is_fatal
    from pipelines.contract.failure import is_out_of_memory as is_out_of_memory
    from pipelines.contract.heed import heeding as heeding
    from pipelines.contract.kinds import WorkKind as WorkKind
    from pipelines.contract.limits import check_picture as check_picture
    from pipelines.contract.limits import within as within
    from pipelines.contract.options import GenerationOptions as GenerationOptions
    from pipelines.contract.options import OutputOptions as OutputOptions
    from pipelines.contract.places import Places as Places
    from pipelines.contract.places import place_below as place_below
    from pipelines.contract.requests import EngineRequest as EngineRequest
    from pipelines.contract.requests import GenerationRequest as GenerationRequest
    from pipelines.contract.requests import Img2Img as Img2Img
    from pipelines.contract.requests import Inpaint as Inpaint
    from pipelines.contract.requests import Inversion as Inversion
    from pipelines.contract.requests import LoadCheckpointRequest as LoadCheckpointRequest
    from pipelines.contract.requests import PerPicture as PerPicture
    from pipelines.contract.requests import Style as Style
    from pipelines.contract.requests import UnloadRequest as UnloadRequest
    from pipelines.contract.results import CheckpointResult as CheckpointResult
    from pipelines.contract.results import EngineResult as EngineResult
    from pipelines.contract.results import GenerationResult as GenerationResult
    from pipelines.denoising.model_call import AttentionHook as AttentionHook
    from pipelines.denoising.model_call import CallHook as CallHook
    from pipelines.denoising.model_call import ModelCall as ModelCall
    from pipelines.denoising.model_call import OutputHook as OutputHook
    from pipelines.denoising.work import Work as Work
    from pipelines.denoising.work import call_model as call_model
    from pipelines.denoising.work import pause as pause
    from pipelines.denoising.work import report as report
    from pipelines.denoising.work import run_generation as run_generation
    from pipelines.families.clip.tokenizers import END as END
    from pipelines.families.clip.tokenizers import START as START
    from pipelines.families.clip.tokenizers import clip_tokenizer as clip_tokenizer
    from pipelines.families.loading.assemble import fill as fill
    from pipelines.families.loading.layout import Shapes as Shapes
    from pipelines.families.loading.layout import count as count
    from pipelines.families.loading.layout import shape_of as shape_of
    from pipelines.families.loading.layout import strip_prefix as strip_prefix
    from pipelines.families.loading.read import load_pickle as load_pickle
    from pipelines.families.loading.read import read_tensors as read_tensors
    from pipelines.families.model import LoadedModel as LoadedModel
    from pipelines.families.model import Residuals as Residuals
    from pipelines.families.patches import NO_PATCHES as NO_PATCHES
    from pipelines.families.sd.family import heads_of as heads_of
    from pipelines.families.sd.unet_names import UNetNames as UNetNames
    from pipelines.generation.checkpoints import same_kind as same_kind
    from pipelines.generation.context import WorkContext as WorkContext
    from pipelines.generation.decode import job_latents as job_latents
    from pipelines.generation.finish import name_facts as name_facts
    from pipelines.generation.hooks import NoiseHook as NoiseHook
    from pipelines.generation.hooks import PictureHook as PictureHook
    from pipelines.generation.hooks import hook as hook
    from pipelines.generation.job import GenerationJob as GenerationJob
    from pipelines.generation.sampling import SamplingPass as SamplingPass
    from pipelines.generation.services import Services as Services
    from pipelines.jobs.states import JobState as JobState
    from pipelines.jobs.view import JobView as JobView
    from pipelines.memory.weight_shelf import Holder as Holder
    from pipelines.memory.weight_shelf import WeightShelf as WeightShelf
    from pipelines.pictures.annotate import Label as Label
    from pipelines.pictures.annotate import annotate_grid as annotate_grid
    from pipelines.pictures.decode import decode_image as decode_image
    from pipelines.pictures.encode import encode_image as encode_image
    from pipelines.pictures.filenames import sanitize as sanitize
    from pipelines.pictures.grid import grid_rows as grid_rows
    from pipelines.pictures.grid import image_grid as image_grid
    from pipelines.pictures.masks import binary_mask as binary_mask
    from pipelines.pictures.masks import blurred as blurred
    from pipelines.pictures.masks import crop_region as crop_region
    from pipelines.pictures.masks import expand_region as expand_region
    from pipelines.pictures.masks import invert as invert
    from pipelines.pictures.matched_noise import fill_with_noise as fill_with_noise
    from pipelines.pictures.metadata import read_metadata as read_metadata
    from pipelines.pictures.name_parts import fit_folders as fit_folders
    from pipelines.pictures.reading.base64_text import read_base64 as read_base64
    from pipelines.pictures.reading.opening import UnreadablePicture as UnreadablePicture
    from pipelines.pictures.reading.opening import open_picture as open_picture
    from pipelines.pictures.resize import FILL as FILL
    from pipelines.pictures.resize import LATENT as LATENT
    from pipelines.pictures.resize import flatten as flatten
    from pipelines.pictures.resize import resize_image as resize_image
    from pipelines.pictures.save import save_image as save_image
    from pipelines.pictures.tiles import combine_grid as combine_grid
    from pipelines.pictures.tiles import split_grid as split_grid
    from pipelines.postprocess.faces.detector import FoundFace as FoundFace
    from pipelines.postprocess.faces.detector import find_faces as find_faces
    from pipelines.postprocess.faces.files import load_helper as load_helper
    from pipelines.postprocess.faces.geometry import alignment as alignment
    from pipelines.postprocess.faces.geometry import cut_out as cut_out
    from pipelines.postprocess.faces.retinaface import RetinaFace as RetinaFace
    from pipelines.sampling.model_noise import ModelNoise as ModelNoise
    from pipelines.sampling.sampler_names import resolve_sampler as resolve_sampler
    from pipelines.sampling.sampler_table import SAMPLER_INFOS as SAMPLER_INFOS
    from pipelines.sampling.sampler_table import SamplerInfo as SamplerInfo
    from pipelines.sampling.seeds import draw_seed as draw_seed
    from pipelines.sampling.step import Evaluate as Evaluate
    from pipelines.sampling.step import Noise as Noise
    from pipelines.scripting.script_arguments import TRUE as TRUE
    from pipelines.scripting.script_file import JoinedPicture as JoinedPicture
    from pipelines.scripting.script_file import Lookup as Lookup
    from pipelines.scripting.script_file import Names as Names
    from pipelines.scripting.script_file import Repeated as Repeated
    from pipelines.scripting.script_file import Script as Script
    from pipelines.scripting.script_file import ScriptArgument as ScriptArgument
    from pipelines.scripting.script_file import ScriptContext as ScriptContext
    from pipelines.scripting.tools import combined as combined
    from pipelines.scripting.tools import from_image as from_image
    from pipelines.scripting.tools import legend_style as legend_style
    from pipelines.scripting.tools import margin as margin
    from pipelines.scripting.tools import opened as opened
    from pipelines.scripting.tools import pictures as pictures
    from pipelines.scripting.tools import png as png
    from pipelines.scripting.tools import raw_png as raw_png
    from pipelines.scripting.tools import sample_infotexts as sample_infotexts
    from pipelines.scripting.tools import source as source
    from pipelines.scripting.tools import start_size as start_size
    from pipelines.scripting.tools import with_seed as with_seed
    from pipelines.scripting.tools import without_grid as without_grid
    from pipelines.scripting.xyz.axes import axes_for as axes_for
    from pipelines.scripting.xyz.axis import Apply as Apply
    from pipelines.scripting.xyz.axis import Axis as Axis
    from pipelines.scripting.xyz.axis import Prepare as Prepare
    from pipelines.scripting.xyz.axis import as_given as as_given
    from pipelines.scripting.xyz.plan import plan as plan
    from pipelines.scripting.xyz.plot import plot as plot
    from pipelines.scripting.xyz.values import Kind as Kind
    from pipelines.scripting.xyz.values import Value as Value

__getattr__ = lazy_exports(__file__)
