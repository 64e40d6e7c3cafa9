"""All that an extension may use of the server: routes, errors, jobs, options, parts of A1111's routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.extending.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from sdapi.core.hooks import api_hook as api_hook
    from sdapi.core.services import CheckpointItem as CheckpointItem
    from sdapi.core.services import JobHandle as JobHandle
    from sdapi.core.state import State as State
    from sdapi.core.state import StateOf as StateOf
    from sdapi.core.state import get_state as get_state
    from sdapi.dialects.a1111.ids import task_id as task_id
    from sdapi.dialects.a1111.infotext.fill import fill_from_infotext as fill_from_infotext
    from sdapi.dialects.a1111.routes.generation import generate as generate
    from sdapi.dialects.a1111.routes.options import select_checkpoint as select_checkpoint
    from sdapi.dialects.a1111.schemas.generation import Generation as Generation
    from sdapi.dialects.a1111.schemas.generation import ImageToImageResponse as ImageToImageResponse
    from sdapi.dialects.a1111.schemas.generation import (
        StableDiffusionProcessingImg2Img as StableDiffusionProcessingImg2Img,
    )
    from sdapi.dialects.a1111.schemas.generation import (
        StableDiffusionProcessingTxt2Img as StableDiffusionProcessingTxt2Img,
    )
    from sdapi.dialects.a1111.schemas.generation import TextToImageResponse as TextToImageResponse
    from sdapi.dialects.a1111.schemas.pictures import FORMAT as FORMAT
    from sdapi.flags import flag as flag
    from sdapi.http import answers as answers
    from sdapi.http.caller import Role as Role
    from sdapi.http.caller import caller_of as caller_of
    from sdapi.http.declared import CONTROLS as CONTROLS
    from sdapi.http.declared import MAKES as MAKES
    from sdapi.http.declared import READS as READS
    from sdapi.http.declared import speaks as speaks
    from sdapi.http.dialect import Dialect as Dialect
    from sdapi.http.dialect import Fault as Fault
    from sdapi.http.dialect import FieldNames as FieldNames
    from sdapi.http.errors import ApiError as ApiError
    from sdapi.http.json_route import JsonRoute as JsonRoute
    from sdapi.http.lax import Bool as Bool
    from sdapi.http.lax import Dict as Dict
    from sdapi.http.lax import Float as Float
    from sdapi.http.lax import Int as Int
    from sdapi.http.lax import OptBool as OptBool
    from sdapi.http.lax import OptDict as OptDict
    from sdapi.http.lax import OptInt as OptInt
    from sdapi.http.lax import OptStr as OptStr
    from sdapi.http.lax import Str as Str
    from sdapi.http.lax import check_plain as check_plain
    from sdapi.http.lax import to_bool as to_bool
    from sdapi.http.lax import to_int as to_int
    from sdapi.http.responses import JsonResponse as JsonResponse
    from sdapi.http.responses import encode_base64 as encode_base64
    from sdapi.http.validated import validated as validated
    from sdapi.intent.checkpoints import current_checkpoint as current_checkpoint
    from sdapi.intent.intent import HiresIntent as HiresIntent
    from sdapi.intent.intent import Intent as Intent
    from sdapi.intent.intent import MaskIntent as MaskIntent
    from sdapi.intent.intent import NetworkIntent as NetworkIntent
    from sdapi.intent.intent import RefinerIntent as RefinerIntent
    from sdapi.intent.intent import ScriptIntent as ScriptIntent
    from sdapi.intent.intent import SeedsIntent as SeedsIntent
    from sdapi.intent.intent import StartIntent as StartIntent
    from sdapi.intent.options import resolve_options as resolve_options
    from sdapi.intent.resolve import resolve as resolve
    from sdapi.jobs.accepted import Accepted as Accepted
    from sdapi.jobs.conversation import ClientLeft as ClientLeft
    from sdapi.jobs.conversation import Conversation as Conversation
    from sdapi.jobs.inbox import progress_of as progress_of
    from sdapi.jobs.preferences import current_preferences as current_preferences
    from sdapi.jobs.preferences import message_preferences as message_preferences
    from sdapi.jobs.progress import fraction as fraction
    from sdapi.jobs.result import picture_type as picture_type
    from sdapi.jobs.sockets import answer_messages as answer_messages
    from sdapi.jobs.sockets import error_frame as error_frame
    from sdapi.jobs.submit import result_of as result_of
    from sdapi.jobs.submit import submit as submit
    from sdapi.jobs.submit import submit_and_wait as submit_and_wait
    from sdapi.options.table import Option as Option
    from sdapi.options.table import option_rows as option_rows


__getattr__ = lazy_exports(__file__)
