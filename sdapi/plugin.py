"""All that an extension may use of the server: routes, errors, jobs, options, what A1111's routes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.contract.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from sdapi.core.hooks import api_hook as api_hook
    from sdapi.core.state import State as State
    from sdapi.core.state import StateOf as StateOf
    from sdapi.dialects.a1111.resolve.ids import task_id as task_id
    from sdapi.dialects.a1111.resolve.infotext import fill_from_infotext as fill_from_infotext
    from sdapi.dialects.a1111.resolve.options import resolve_options as resolve_options
    from sdapi.dialects.a1111.routes.generation import generate as generate
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
    from sdapi.http import answers as answers
    from sdapi.http.errors import ApiError as ApiError
    from sdapi.http.images import encode_base64 as encode_base64
    from sdapi.http.lax import Dict as Dict
    from sdapi.http.responses import JsonResponse as JsonResponse
    from sdapi.jobs.submit import submit_and_wait as submit_and_wait
    from sdapi.options.table import Option as Option

__getattr__ = lazy_exports(__file__)
