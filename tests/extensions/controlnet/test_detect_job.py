"""``/controlnet/detect`` of preprocessors with weights: what the engine makes, and how the route asks."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.controlnet.image_prompts.embedding_file import read_embedding
from extensions.controlnet.kinds import DetectRequest, DetectResult
from extensions.controlnet.maps.aux_package import aux_module
from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.maps.poses.people import find_people, flat_points
from extensions.controlnet.preprocessors.aux_detector import PoseParts
from pipelines.contract.codec import decode, encode
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, InvalidRequest, MissingWeights
from pipelines.contract.kinds import kind_of, load_kinds
from pipelines.contract.progress import Progress
from pipelines.engine.engine import Engine
from sdapi.jobs.result import result_json
from tests.extensions.controlnet import ip_files
from tests.extensions.controlnet.control_engine import control_engine


def png(seed: int = 0) -> bytes:
    buffer = io.BytesIO()
    picture = np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("annotators")
    torch.manual_seed(0)
    torch.save(aux_module("teed.ted").TED().state_dict(), folder / "7_model.pth")
    ip_files.tiny_tower(folder / "clip_h")
    with control_engine(tmp_path_factory.mktemp("data"), annotators=folder) as made:
        yield made


def ask(engine: Engine, module: str, *pictures: bytes) -> DetectResult:
    request = DetectRequest(images=pictures or (png(),), module=module, resolution=64, a=0.0)
    result = engine.run(request)
    assert isinstance(result, DetectResult)
    return result


def test_every_picture_gets_its_map(engine: Engine) -> None:
    result = ask(engine, "softedge_teed", png(0), png(1))
    maps = [np.array(Image.open(io.BytesIO(data))) for data in result.images]
    assert [made.shape for made in maps] == [(64, 64, 3)] * 2
    assert not np.array_equal(maps[0], maps[1])
    assert result.found == {}


def test_a_running_job_ends_at_the_next_picture_once_it_is_cancelled(engine: Engine) -> None:
    control, told = JobControl(), list[Progress]()
    pictures = tuple(png(seed) for seed in range(50))
    request = DetectRequest(images=pictures, module="softedge_teed", resolution=64, a=0.0)
    job = engine.start("job", request, control=control, on_progress=told.append)
    while not told or told[-1].batch == 0:
        assert engine.step() == []
    control.ask(Action.CANCEL)
    for _ in range(2):
        engine.step()
    assert isinstance(job.outcome, Cancelled) and engine.jobs == []


def test_an_interrupted_job_answers_what_it_has(engine: Engine) -> None:
    control = JobControl()
    request = DetectRequest(images=(png(0), png(1)), module="softedge_teed", resolution=64, a=0.0)
    job = engine.start("job", request, control=control)
    engine.step()
    control.ask(Action.INTERRUPT)
    while job.outcome is None:
        engine.step()
    assert isinstance(job.outcome, DetectResult) and len(job.outcome.images) == 1


def test_requests_and_answers_cross_the_queue() -> None:
    load_kinds("extensions.controlnet")
    request = DetectRequest(images=(b"x",), module="mlsd", resolution=64, a=2.0)
    assert decode(encode(request), DetectRequest) == request
    assert kind_of(request).label_of(request) == "detect"
    result = DetectResult(images=(b"y",), found={"poses": [{"people": [], "canvas_width": 64}]})
    assert decode(encode(result), DetectResult) == result
    assert result_json(result)["found"] == {"poses": [{"people": [], "canvas_width": 64}]}


def test_embeddings_come_back_as_they_are(engine: Engine) -> None:
    result = ask(engine, "ip-adapter_clip_sd15")
    assert result.images == ()
    (text,) = result.found["tensor"]
    embedding, complete = read_embedding(text, field="ipadapter_input")
    assert complete and isinstance(embedding, ImageEmbedding)
    assert embedding.pooled.shape == (1, ip_files.POOLED)
    assert embedding.hidden.shape == embedding.last.shape == embedding.empty_hidden.shape
    assert not torch.equal(embedding.hidden, embedding.last)


def test_missing_weights_name_the_routes_field(engine: Engine) -> None:
    with pytest.raises(MissingWeights, match=r"ControlNetHED\.pth") as caught:
        ask(engine, "hed")
    assert caught.value.field == "controlnet_module"


@pytest.mark.parametrize("text", ["!", "AAAA", base64.b64encode(b"PK\x03\x04").decode()])
def test_files_that_are_no_embeddings_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="base64 of a torch file"):
        read_embedding(text, field="ipadapter_input")


def test_an_embedding_needs_all_its_parts() -> None:
    stream = io.BytesIO()
    torch.save({"image_embeds": torch.ones(1, 4)}, stream)
    with pytest.raises(InvalidRequest, match="it lacks"):
        read_embedding(base64.b64encode(stream.getvalue()).decode(), field="ipadapter_input")


def test_poses_are_told_as_openpose_does() -> None:
    package, body = aux_module("open_pose"), aux_module("open_pose.body")
    points = [body.Keypoint(x=0.25, y=0.5), None, *([None] * 16)]
    hand = [body.Keypoint(x=-0.1, y=-0.1), *([body.Keypoint(x=0.75, y=0.25)] * 20)]
    pose = package.PoseResult(body.BodyResult(points, 1.0, 1), hand, None, None)

    class Detector:
        def detect_poses(self, picture: Any, hand: bool, face: bool) -> list[Any]:
            assert (hand, face) == (True, False)
            return [pose]

    parts = PoseParts(body=True, hand=True)
    drawn, found = find_people(Detector(), parts, np.zeros((64, 128, 3), np.uint8))
    alone = find_people(Detector(), replace(parts, body=False), np.zeros((64, 128, 3), np.uint8))[0]
    assert alone[32, 32].tolist() == [0, 0, 0]
    assert alone[16, 96].tolist() == [0, 0, 255]
    assert drawn[32, 32].tolist() == [255, 0, 0]
    assert (found["canvas_width"], found["canvas_height"], found["animals"]) == (128, 64, [])
    (person,) = found["people"]
    assert person["pose_keypoints_2d"][:6] == [0.25, 0.5, 1.0, 0.0, 0.0, 0.0]
    assert len(person["pose_keypoints_2d"]) == 54
    assert person["hand_left_keypoints_2d"][:6] == [0.0, 0.0, 0.0, 0.75, 0.25, 1.0]
    assert person["hand_right_keypoints_2d"] is None
    assert person["face_keypoints_2d"] is None
    assert flat_points(None) is None
