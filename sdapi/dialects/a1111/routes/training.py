"""Create and train embeddings and hypernetworks, and train LoRAs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body
from starlette.responses import Response

from pipelines.contract.errors import Cancelled, InvalidRequest, SdapiError
from pipelines.contract.preprocessing import PreprocessResult
from pipelines.contract.training import FileResult, TrainResult
from sdapi.core.state import State, StateOf
from sdapi.dialects.a1111.arguments import naming
from sdapi.dialects.a1111.creating import STRUCTURE_RULES, embedding_request, hypernetwork_request
from sdapi.dialects.a1111.field_names import FIELD_NAMES, said
from sdapi.dialects.a1111.ids import task_id
from sdapi.dialects.a1111.lora import LoraBody
from sdapi.dialects.a1111.preprocessing import preprocess_request
from sdapi.dialects.a1111.schemas import training as bodies
from sdapi.dialects.a1111.schemas.lora import TrainLoraRequest, TrainLoraResponse
from sdapi.dialects.a1111.training import Trained, TrainingArguments
from sdapi.http import answers
from sdapi.http.responses import JsonResponse
from sdapi.jobs.accepted import Accepted
from sdapi.jobs.submit import submit_and_wait

router = APIRouter(prefix="/sdapi/v1")

OPTION = "training_lenient"
"""The option for the original's form of errors: status 200, the error hidden in ``info``."""
EXISTING = "path"
"""The field of an engine's error about a file that exists already."""


@router.post("/create/embedding", response_model=bodies.CreateResponse, responses=answers.QUEUED)
async def create_embedding(args: Annotated[bodies.CreateEmbeddingBody, Body()], state: StateOf) -> Response:
    """Write an embedding that begins as a text reads."""
    bodies.CREATE_EMBEDDING.check(args)
    try:
        request = embedding_request(args, state)
        made = await submit_and_wait(state, request, FileResult, job_id=task_id("create_embedding"))
    except InvalidRequest as error:
        if error.field != EXISTING:
            raise
        return _hidden("create embedding", error, state)
    if isinstance(made, Accepted):
        return made
    return JsonResponse({"info": f"create embedding filename: {made.result.path}"})


@router.post("/create/hypernetwork", response_model=bodies.CreateResponse, responses=answers.QUEUED)
async def create_hypernetwork(
    args: Annotated[bodies.CreateHypernetworkBody, Body()], state: StateOf
) -> Response:
    """Write an untrained hypernetwork."""
    bodies.CREATE_HYPERNETWORK.check(args)
    try:
        request = hypernetwork_request(args, state)
        made = await submit_and_wait(state, request, FileResult, job_id=task_id("create_hypernetwork"))
    except InvalidRequest as error:
        if error.field != EXISTING and error.message not in STRUCTURE_RULES:
            raise
        return _hidden("create hypernetwork", error, state)
    if isinstance(made, Accepted):
        return made
    return JsonResponse({"info": "create hypernetwork filename: None"})


def _hidden(what: str, error: InvalidRequest, state: State) -> JsonResponse:
    """The original's answer to an error, where the option asks for it. Raises the error otherwise."""
    if not state.store.get(OPTION):
        raise error
    return JsonResponse({"info": f"{what} error: {said(error)}"})


@router.post("/train/embedding", response_model=bodies.TrainResponse, responses=answers.QUEUED)
async def train_embedding(args: Annotated[bodies.TrainEmbeddingBody, Body()], state: StateOf) -> Response:
    """Train an embedding on the pictures of a folder."""
    return await _train("embedding", bodies.TRAIN_EMBEDDING, args, state)


@router.post("/train/hypernetwork", response_model=bodies.TrainResponse, responses=answers.QUEUED)
async def train_hypernetwork(
    args: Annotated[bodies.TrainHypernetworkBody, Body()], state: StateOf
) -> Response:
    """Train a hypernetwork on the pictures of a folder."""
    return await _train("hypernetwork", bodies.TRAIN_HYPERNETWORK, args, state)


@router.post("/preprocess", response_model=bodies.PreprocessResponse, responses=answers.QUEUED)
async def preprocess(args: Annotated[bodies.PreprocessBody, Body()], state: StateOf) -> Response:
    """Prepare the pictures of a folder for training, as A1111 did before v1.7."""
    lenient = bool(state.store.get(OPTION))
    try:
        bodies.PREPROCESS.check(args)
        request = preprocess_request(args, state)
        made = await submit_and_wait(state, request, PreprocessResult, job_id=_job_id("preprocess", args))
    except InvalidRequest as error:
        if not lenient:
            raise
        lacking = error.field in bodies.PREPROCESS.required and error.field not in args
        text = f"invalid token: '{error.field}'" if lacking else said(error)
        return JsonResponse({"info": f"preprocess error: {text}"})
    if isinstance(made, Accepted):
        return made
    told = {"warnings": [*map(FIELD_NAMES.of, made.result.warnings)]} if made.result.warnings else {}
    return JsonResponse({"info": "preprocess complete", **told})


@router.post("/train/lora", response_model=TrainLoraResponse, responses=answers.QUEUED)
async def train_lora(req: TrainLoraRequest, state: StateOf) -> Response:
    """Train a LoRA on the pictures of a folder or of the request. Not part of A1111."""
    job_id = task_id("train-lora", req.id_task)
    body = LoraBody(body=req, state=state)
    with naming(body.names):
        request = await body.request()
        made = await submit_and_wait(state, request, TrainResult, job_id=job_id)
    if isinstance(made, Accepted):
        return made
    result = made.result
    await run_sync(state.catalog.refresh)
    return JsonResponse(
        {
            "info": f"train lora complete: filename: {result.path}",
            "filename": result.path,
            "name": request.name,
            "steps": result.step,
            "loss": result.loss,
            "warnings": list(result.warnings),
        }
    )


async def _train(
    trains: Trained, arguments: bodies.Arguments, args: Mapping[str, Any], state: State
) -> Response:
    lenient = bool(state.store.get(OPTION))
    try:
        arguments.check(args)
        read = TrainingArguments(trains=trains, body=args, state=state, lenient=lenient)
        request = await read.request()
        made = await submit_and_wait(state, request, TrainResult, job_id=_job_id(f"train-{trains}", args))
    except Cancelled:
        raise
    except SdapiError as error:
        if not lenient or error.status >= 500:
            raise
        return _complete("", said(error), ())
    if isinstance(made, Accepted):
        return made
    return _complete(made.result.path, None, made.result.warnings)


def _job_id(kind: str, args: Mapping[str, Any]) -> str:
    sent = args["id_task"]
    return task_id(kind, sent if isinstance(sent, str) else None)


def _complete(path: str, error: str | None, warnings: tuple[str, ...]) -> JsonResponse:
    """The answer of a run's end; as in the original, "embedding" stands for hypernetworks, too."""
    told = {"warnings": list(warnings)} if warnings else {}
    return JsonResponse({"info": f"train embedding complete: filename: {path} error: {error}", **told})
