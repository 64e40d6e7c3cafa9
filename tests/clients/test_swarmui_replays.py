"""Programs written for SwarmUI get their pictures, each in its own way."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image
from websockets.sync.client import ClientConnection, connect

from tests.running import running

SMALL = {"prompt": "a red circle", "width": 64, "height": 64, "steps": 2, "seed": 3, "model": "tiny-sd1"}


@pytest.fixture
def session(server: httpx.Client) -> str:
    return server.post("/API/GetNewSession", json={}).json()["session_id"]


def open_socket(
    server: httpx.Client, route: str = "/API/GenerateText2ImageWS", **more: Any
) -> ClientConnection:
    url = str(server.base_url.join(route)).replace("http", "ws", 1)
    return connect(url, max_size=None, proxy=None, **more)


def frames(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    for text in socket:
        yield json.loads(text)


def is_picture(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        return image.size == (64, 64) and "parameters" in image.info


def fetch(server: httpx.Client, address: str) -> bytes:
    """The file of an address, which is joined to the base and percent-encoded part by part."""
    assert not address.startswith(("/", "http"))
    answer = server.get("/" + "/".join(map(quote, address.split("/"))))
    assert answer.status_code == 200
    return answer.content


def decoded(url: str) -> bytes:
    head, _, data = url.partition(",")
    assert head == "data:image/png;base64"
    return base64.b64decode(data)


def test_a_bot_that_leaves_at_the_first_picture(server: httpx.Client, session: str) -> None:
    """ad_discordbot: flat frames, nulls for what isn't given, closes at the first image."""
    names = [
        item["name"]
        for item in server.post("/API/ListModels", json=told(session, path="", depth=3)).json()["files"]
    ]
    wish = told(session, images=1, **{**SMALL, "model": names[0]}, initimage=None, maskimage=None)
    with open_socket(server) as socket:
        socket.send(json.dumps(wish))
        address = next(frame["image"] for frame in frames(socket) if "image" in frame)
    assert is_picture(fetch(server, address))


def told(session: str, **fields: Any) -> dict[str, Any]:
    return {"session_id": session, **fields}


def test_a_library_that_waits_for_the_last_status(server: httpx.Client, session: str) -> None:
    """SwarmUI.ApiClient: done when all images are there and a status has nothing waiting and nothing live."""
    with open_socket(server) as socket:
        socket.send(json.dumps(told(session, images=2, **{**SMALL, "seed": "-1"})))
        found = list(frames(socket))
    assert sum("image" in frame for frame in found) == 2
    last = found[-1]["status"]
    assert (last["waiting_gens"], last["live_gens"]) == (0, 0)
    assert socket.close_code == 1000


def test_a_front_end_that_ends_at_the_wish_to_close(server: httpx.Client, session: str) -> None:
    """Marinara: progress as a sign of life, a cookie on the socket, end at socket_intention."""
    with open_socket(server, additional_headers={"Cookie": "swarm_token=x"}) as socket:
        socket.send(json.dumps(told(session, images=1, donotsave=True, **SMALL)))
        found: list[dict[str, Any]] = []
        for frame in frames(socket):
            if frame.get("socket_intention") == "close":
                break
            found.append(frame)
    assert any("preview" in frame.get("gen_progress", {}) for frame in found)
    assert is_picture(decoded(next(frame["image"] for frame in found if "image" in frame)))


def test_an_extension_that_takes_the_page_literally(server: httpx.Client, session: str) -> None:
    """SillyTavern's first extension: parameters in rawInput, the picture nested."""
    with open_socket(server) as socket:
        socket.send(json.dumps(told(session, images=1, rawInput=SMALL)))
        data = next(frame for frame in frames(socket) if "image" in frame)
    assert is_picture(fetch(server, data["image"]["image"]))


def test_a_page_with_odd_headers(server: httpx.Client, session: str) -> None:
    """Its later version: a browser's pre-flight with headers of tunnels, then one POST."""
    headers = {"Origin": "http://localhost:3000"}
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "skip_zrok_interstitial",
    }
    allowed = server.options("/API/GenerateText2Image", headers=headers | asked)
    assert "skip_zrok_interstitial" in allowed.headers["access-control-allow-headers"]
    url = "/API/GenerateText2Image?skip_zrok_interstitial=1"
    answer = server.post(
        url, json=told(session, images=1, **SMALL), headers=headers | {"skip_zrok_interstitial": "1"}
    )
    assert is_picture(fetch(server, answer.json()["images"][0]))
    assert server.post("/API/GetSavedT2IParams", json=told(session)).json()["error_id"] == "bad_route"


def test_a_tool_with_a_cookie_jar(server: httpx.Client, session: str) -> None:
    """A Rust tool: rawInput over HTTP, a cookie, ListT2IParams, a Login that isn't here."""
    cookies = {"Cookie": "swarm_token=none"}
    assert "error" in server.post("/API/Login", json=told(session), headers=cookies).json()
    listed = server.post("/API/ListT2IParams", json=told(session), headers=cookies).json()
    assert "tiny-sd1" in listed["models"]["Stable-Diffusion"]
    answer = server.post(
        "/API/GenerateText2Image", json=told(session, images=1, rawInput=SMALL), headers=cookies
    )
    assert is_picture(fetch(server, answer.json()["images"][0]))


def test_a_chat_bot_that_sends_text(server: httpx.Client) -> None:
    """An aiohttp bot: GET / as a probe, JSON as text, one new session for an error_id."""
    assert server.get("/").status_code == 200
    plain = {"Content-Type": "text/plain"}
    session = server.post("/API/GetNewSession", content=b"{}", headers=plain).json()["session_id"]
    stale = json.dumps(told("0" * 40, images=1, donotsave=True, **SMALL))
    refused = server.post("/API/GenerateText2Image", content=stale, headers=plain)
    assert (refused.status_code, refused.json()["error_id"]) == (401, "invalid_session_id")
    wish = json.dumps(told(session, images="1", donotsave="true", **SMALL))
    answer = server.post("/API/GenerateText2Image", content=wish, headers=plain).json()
    assert is_picture(decoded(answer["images"][0]))


def test_a_phone_with_small_letters(server: httpx.Client) -> None:
    """MobileConnector: /api/ in small letters, cfg_scale, the history, a button that restarts backends."""
    session = server.post("/api/getnewsession", json={}).json()["session_id"]
    wish = told(session, images=1, cfg_scale=3.5, negative_prompt="blue", **SMALL)
    address = server.post("/api/generatetext2image", json=wish).json()["images"][0]
    listed = server.post("/api/ListImages", json=told(session, path="raw", depth=2, sortBy="Date")).json()
    newest = listed["files"][0]
    assert address == f"View/local/raw/{newest['src']}"
    assert json.loads(newest["metadata"])["sui_image_params"]["cfgscale"] == 3.5
    assert server.post("/api/RestartBackends", json=told(session)).json()["result"] == "Success."


def test_a_desktop_program_that_wants_one_model(server: httpx.Client, session: str) -> None:
    """An OpenGPT-style program: exactly one loaded model, which it then asks for."""
    (model,) = server.post("/API/ListLoadedModels", json=told(session)).json()["models"]
    wish = told(session, images=1, donotsave=True, **{**SMALL, "model": model["name"]})
    assert is_picture(decoded(server.post("/API/GenerateText2Image", json=wish).json()["images"][0]))


MODEL_KEYS = frozenset(
    "name title author description preview_image loaded architecture class compat_class resolution "
    "standard_width standard_height license date prediction_type usage_hint trigger_phrase merged_from tags "
    "is_supported_model_format is_negative_embedding local time_created time_modified hash hash_sha256 "
    "special_format".split()
)
SUBTYPES = ("Stable-Diffusion", "VAE", "LoRA", "Embedding", "ControlNet", "Clip", "ClipVision")


class OtherSwarm:
    """A SwarmUI that has this server as a backend of the kind "Swarm-API-Backend"."""

    def __init__(self, server: httpx.Client) -> None:
        self.server = server
        self.headers = {"Authorization": "Bearer none"}
        self.session = ""

    def post(self, route: str, **fields: Any) -> httpx.Response:
        body = {"session_id": self.session, **fields} if route != "GetNewSession" else fields
        return self.server.post(f"/API/{route}", json=body, headers=self.headers)

    def ask(self, route: str, **fields: Any) -> Any:
        """As it does: a session that is no longer known is renewed, and the question asked again."""
        answer = self.post(route, **fields)
        if answer.json().get("error_id") == "invalid_session_id":
            self.session = self.post("GetNewSession").json()["session_id"]
            answer = self.post(route, **fields)
        assert answer.status_code == 200, answer.text
        assert "error" not in answer.json(), answer.text
        return answer.json()

    @contextmanager
    def begin(self, **fields: Any) -> Generator[ClientConnection]:
        """A request on a socket: all of a user's parameters, on one level, and nothing saved."""
        wish = {"session_id": self.session, "donotsave": True, "images": 1, "batchsize": 1, **fields}
        with open_socket(self.server, additional_headers=self.headers) as socket:
            socket.send(json.dumps(wish))
            yield socket


@pytest.fixture
def other(server: httpx.Client) -> OtherSwarm:
    swarm = OtherSwarm(server)
    swarm.session = "0" * 40  # that of another day, when it was another server
    return swarm


def test_another_swarm_connects(other: OtherSwarm) -> None:
    """It gets a session, sees that the server isn't itself, and reads backends, parameters and models."""
    first = other.post("GetNewSession").json()
    assert set(first) >= {
        "session_id",
        "user_id",
        "output_append_user",
        "version",
        "server_id",
        "permissions",
    }
    assert first["server_id"] == other.post("GetNewSession").json()["server_id"]
    backends = other.ask("ListBackends", nonreal=True, full_data=True)
    (backend,) = [entry for entry in backends.values() if entry["status"] == "running"]
    assert {"refiners", "variation_seed", "endstepsearly"} <= set(backend["features"])
    assert isinstance(backend["id"], int) and backend["can_load_models"] is True
    assert backend["max_usages"] >= 1 and {"type", "title", "current_model"} <= set(backend)
    listed = other.ask("TriggerRefresh", strong=True)
    assert {row["id"] for row in listed["list"]} == {row["id"] for row in other.ask("ListT2IParams")["list"]}
    for subtype in SUBTYPES:
        for depth in (1, 999):
            found = other.ask("ListModels", path="", depth=depth, subtype=subtype, allowRemote=False)
            assert all(set(item) >= MODEL_KEYS for item in found["files"]), subtype
        names = {item["name"].rpartition(".")[0] or item["name"] for item in found["files"]}  # pyright: ignore[reportPossiblyUnboundVariable]
        assert names >= {name.rpartition("/")[2] for name in listed["models"][subtype]}, subtype


def test_another_swarm_draws(other: OtherSwarm) -> None:
    """It selects a model, sends a user's whole request, and passes on what comes."""
    assert other.ask("SelectModel", model="tiny-sd1.safetensors") == {"success": True}
    wish = {
        **SMALL,
        "model": "tiny-sd1.safetensors",
        "negativeprompt": "",
        "cfgscale": 7.0,
        "aspectratio": "Custom",
    }
    wish |= {"sampler": "euler", "scheduler": "normal", "automaticvae": True, "swarm_version": "0.9.7"}
    with other.begin(**wish) as socket:
        found = list(frames(socket))
    (image,) = [frame for frame in found if "image" in frame]
    assert is_picture(decoded(image["image"]))
    assert json.loads(image["metadata"])["sui_image_params"]["seed"] == SMALL["seed"]
    assert any("preview" in frame.get("gen_progress", {}) for frame in found)
    assert (found[-1]["status"]["live_gens"], socket.close_code) == (0, 1000)
    nested = {"rawInput": {**SMALL, "donotsave": True}, "images": 1}
    over_http = other.ask("GenerateText2Image", **nested)
    assert is_picture(decoded(over_http["images"][0]))
    assert other.ask("FreeBackendMemory", system_ram=False, backend="all") == {"result": True, "count": 1}


def test_another_swarm_passes_on_that_its_user_interrupts(other: OtherSwarm) -> None:
    """InterruptAll ends what the session draws with an error; the next request is drawn."""
    other.ask("GetCurrentStatus")
    with other.begin(**{**SMALL, "steps": 500}) as socket:
        for frame in frames(socket):
            if "gen_progress" in frame:
                break
        assert other.ask("InterruptAll", other_sessions=False) == {"success": True}
        rest = list(frames(socket))
    assert [frame["error"] for frame in rest if "error" in frame] == ["Generation session interrupted."]
    assert socket.close_code == 1000
    with other.begin(**SMALL) as again:
        assert any("image" in frame for frame in frames(again))


@pytest.mark.slow
def test_another_swarm_goes_on_after_a_restart(root: Path, models_dir: Path, tmp_path: Path) -> None:
    """Backends are restarted on wish; the session of a server that was stopped holds in the next one."""
    with running(root, models_dir, tmp_path, threads=1) as server:
        swarm = OtherSwarm(server)
        first = swarm.post("GetNewSession").json()
        swarm.session = first["session_id"]
        assert swarm.ask("RestartBackends", backend="all")["result"] == "Success."
        assert swarm.post("ShutdownServer").json()["error_id"] == "bad_permissions"
    with running(root, models_dir, tmp_path, threads=1) as server:
        swarm.server = server
        answer = swarm.post("GenerateText2Image", images=1, donotsave=True, **SMALL)
        assert is_picture(decoded(answer.json()["images"][0]))
        assert swarm.post("GetNewSession").json()["server_id"] != first["server_id"]


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB").tobytes()


def test_the_picture_is_the_one_that_a1111s_api_makes(server: httpx.Client, session: str) -> None:
    """One engine: prompt, seed, sampler and the rest mean the same in both dialects."""
    shared = {"prompt": "a (red:1.2) circle", "width": 64, "height": 64, "steps": 3, "seed": 8}
    ours = {**shared, "negativeprompt": "blue", "sampler": "euler_ancestral", "scheduler": "karras"}
    ours |= {"cfgscale": 5, "variationseed": 2, "variationseedstrength": 0.3, "model": "tiny-sd1"}
    wish = told(session, images=1, donotsave=True, **ours)
    (image,) = server.post("/API/GenerateText2Image", json=wish).json()["images"]
    theirs: dict[str, Any] = {
        **shared,
        "negative_prompt": "blue",
        "sampler_name": "Euler a",
        "scheduler": "Karras",
    }
    theirs |= {"cfg_scale": 5, "subseed": 2, "subseed_strength": 0.3}
    theirs["override_settings"] = {"sd_model_checkpoint": "tiny-sd1"}
    (other,) = server.post("/sdapi/v1/txt2img", json=theirs).json()["images"]
    assert pixels(decoded(image)) == pixels(base64.b64decode(other))


@pytest.mark.slow
def test_start_pictures_masks_second_passes_and_control(
    server: httpx.Client, session: str, square: Image.Image
) -> None:
    """The engine can do all that this API asks of it."""
    buffer = io.BytesIO()
    square.save(buffer, "PNG")
    picture = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    plain = server.post(
        "/API/GenerateText2Image", json=told(session, images=1, donotsave=True, **SMALL)
    ).json()["images"]
    seen = {pixels(decoded(plain[0]))}
    for more in (
        {"initimage": picture, "initimagecreativity": 0.5, "steps": 4},
        {
            "initimage": picture,
            "maskimage": picture,
            "maskblur": 2,
            "maskgrow": 2,
            "maskshrinkgrow": 8,
            "steps": 4,
        },
        {"initimage": picture, "maskimage": picture, "maskbehavior": "Simple Latent", "steps": 4},
        {"initimage": picture, "initimagecreativity": 0},
        {"refinermethod": "PostApply", "refinercontrolpercentage": 0.5, "steps": 4},
        {"seamlesstileable": "true", "clipstopatlayer": -2},
        {"variationseed": 1, "variationseedstrength": 0.5},
        {"samplersigmamax": 5, "samplersigmamin": 0.1, "samplerrho": 5, "scheduler": "karras"},
    ):
        answer = server.post(
            "/API/GenerateText2Image", json=told(session, images=1, donotsave=True, **{**SMALL, **more})
        ).json()
        assert "error" not in answer, (more, answer)
        seen.add(pixels(decoded(answer["images"][0])))
    assert len(seen) == 9
    larger = told(
        session, images=1, donotsave=True, **SMALL, refinerupscale=1.5, refinercontrolpercentage=0.5
    )
    with Image.open(
        io.BytesIO(decoded(server.post("/API/GenerateText2Image", json=larger).json()["images"][0]))
    ) as image:
        assert image.size == (96, 96)
