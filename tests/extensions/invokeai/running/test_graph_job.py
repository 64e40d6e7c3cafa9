"""A graph is one job: nodes run in order, fail alone, are cancelled, and tell what they do."""

from __future__ import annotations

import pytest
from PIL import Image

from extensions.invokeai.store.images import ImageFilter, ImageWish
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled
from tests.extensions.invokeai.graphs import GraphEngine, extended, graph


def picture(engine: GraphEngine, color: str = "red") -> dict[str, str]:
    dto = engine.store.images.save(Image.new("RGB", (64, 48), color), ImageWish())
    return {"image_name": dto.image_name}


def test_the_documents_example_runs_as_it_stands(engine: GraphEngine) -> None:
    ran = engine.run(graph({"mine": {"type": "my_invocation", "image": picture(engine)}}))
    output = ran.outputs["mine"]
    assert (ran.failure, output["type"], output["width"], output["height"]) == (None, "image_output", 64, 48)
    saved = engine.store.images.open(output["image"]["image_name"])
    assert saved.getpixel((0, 0)) == (0, 255, 255)
    dto = engine.store.images.get(output["image"]["image_name"])
    assert (dto.session_id, dto.is_intermediate) == (ran.item["session_id"], False)


def test_a_context_does_what_the_document_says(engine: GraphEngine) -> None:
    board = engine.store.boards.create("of the node")
    node = {"type": "pack_everything", "image": picture(engine), "board": {"board_id": board.board_id}}
    told = {"type": "core_metadata", "positive_prompt": "a circle", "unheard_of": 7}
    while engine.store.events.take():
        pass
    ran = engine.run(graph({"all": node, "told": told}, ("told.metadata", "all.metadata")))
    assert ran.failure is None, ran.item["error_traceback"]
    name = ran.outputs["all"]["image"]["image_name"]
    metadata = engine.store.images.metadata(name)
    assert metadata is not None
    assert (metadata["positive_prompt"], metadata["unheard_of"]) == ("a circle", 7)
    assert engine.store.images.get(name).board_id == board.board_id
    assert engine.store.images.open(name).info["invokeai_metadata"] == engine.store.images.text(
        name, "metadata"
    )
    events = [event.data for event in engine.store.events.take() if event.name == "invocation_progress"]
    shown = next(data for data in events if data["percentage"] == 0.5)
    assert (shown["image"]["width"], shown["invocation_source_id"]) == (640, "all")
    assert shown["image"]["dataURL"].startswith("data:image/jpeg;base64,")


def test_a_node_that_fails_ends_its_session_and_nothing_else(engine: GraphEngine) -> None:
    engine.store.events.take()
    ran = engine.run(
        graph({"one": {"type": "add", "a": 1, "b": 2}, "bad": {"type": "pack_fails"}, "two": {"type": "add"}})
    )
    assert (ran.item["error_type"], ran.item["error_message"]) == ("KeyError", "'nothing to be found'")
    assert "nodes.py" in ran.item["error_traceback"]
    assert list(ran.item["session"]["errors"].values()) == ["KeyError: 'nothing to be found'"]
    assert ran.failure is not None and ran.failure.field == "nodes.bad"
    assert "invocation_error" in [event.name for event in engine.store.events.take()]
    assert engine.run(graph({"one": {"type": "add", "a": 1, "b": 2}})).outputs["one"]["value"] == 3


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("nothing", "TypeError"),
        ("a dictionary", "TypeError"),
        ("numpy", "PydanticSerializationError"),
        ("exit", "SystemExit"),
    ],
)
def test_what_is_no_output_fails_its_node(how: str, error: str, engine: GraphEngine) -> None:
    ran = engine.run(graph({"odd": {"type": "pack_answers", "how": how}}))
    assert (ran.item["error_type"], len(ran.item["session"]["errors"])) == (error, 1)
    assert ran.failure is not None and ran.failure.field == "nodes.odd"


def test_missing_inputs_are_told_apart(engine: GraphEngine) -> None:
    assert engine.run(graph({"m": {"type": "my_invocation"}})).item["error_type"] == "MissingInputException"
    ran = engine.run(graph({"p": {"type": "compel", "prompt": "a"}}))
    assert ran.item["error_type"] == "RequiredConnectionException"
    wrong = engine.run(
        graph({"a": {"type": "string", "value": "x"}, "b": {"type": "add"}}, ("a.value", "b.a"))
    )
    assert wrong.item["error_type"] == "NodeInputError"


def test_iterations_are_run_and_gathered(engine: GraphEngine) -> None:
    nodes = {
        "numbers": {"type": "range_of_size", "start": 5, "size": 3},
        "each": {"type": "iterate"},
        "plus": {"type": "add", "b": 10},
        "all": {"type": "collect"},
    }
    ran = engine.run(
        graph(
            nodes,
            ("numbers.collection", "each.collection"),
            ("each.item", "plus.a"),
            ("plus.value", "all.item"),
        )
    )
    assert [output["value"] for output in ran.all_of("plus")] == [15, 16, 17]
    assert ran.outputs["all"]["collection"] == [15, 16, 17]
    assert [output["index"] for output in ran.all_of("each")] == [0, 1, 2]


def test_the_same_node_answers_from_the_cache(engine: GraphEngine) -> None:
    blank = graph({"b": {"type": "blank_image", "width": 32, "height": 32}})
    first, second = (engine.run(blank).outputs["b"]["image"]["image_name"] for _ in range(2))
    assert first == second
    engine.store.images.delete(first)
    third = engine.run(blank).outputs["b"]["image"]["image_name"]
    anew = graph({"b": {"type": "blank_image", "width": 32, "height": 32, "use_cache": False}})
    assert len({first, third, engine.run(anew).outputs["b"]["image"]["image_name"]}) == 3


def test_a_node_that_changes_its_inputs_is_kept_as_it_was_asked(engine: GraphEngine) -> None:
    one, two, again = (
        engine.run(graph({"c": {"type": "pack_counts", "start": start}})).outputs["c"]["value"]
        for start in (1, 2, 1)
    )
    assert (one, two, again) == (2, 3, 2)


class CancelledSoon(JobControl):
    """Is cancelled once a node has told something three times."""

    def __init__(self, engine: GraphEngine) -> None:
        super().__init__()
        self._engine = engine

    @property
    def cancelled(self) -> bool:
        return self._engine.store.database.number("SELECT COUNT(*) FROM session_events") > 3


def test_a_session_is_cancelled_within_a_node(engine: GraphEngine) -> None:
    engine.store.events.take()
    ran = engine.run(graph({"s": {"type": "pack_steps"}}), control=CancelledSoon(engine))
    assert isinstance(ran.failure, Cancelled)
    assert (ran.item["error_type"], ran.item["session"]["errors"]) == (None, {})


def test_a_session_is_cancelled_between_nodes(engine: GraphEngine) -> None:
    control = JobControl()
    control.ask(Action.CANCEL)
    assert isinstance(engine.run(graph({"a": {"type": "add"}}), control=control).failure, Cancelled)


def test_tensors_of_a_graph_are_collected(engine: GraphEngine) -> None:
    tensors = engine.store.folder / "tensors"
    before = set(tensors.glob("*")) if tensors.is_dir() else set()
    plain = {"type": "noise", "seed": 77, "width": 64, "height": 64, "use_cache": False}
    engine.run(graph({"n": plain}))
    assert set(tensors.glob("*")) == before
    cached = engine.run(graph({"n": {**plain, "use_cache": True}}))
    name = cached.outputs["n"]["noise"]["latents_name"]
    assert {path.name for path in set(tensors.glob("*")) - before} == {name}


def test_a_chain_of_a_hundred_nodes_runs(engine: GraphEngine) -> None:
    nodes = {f"n{i}": {"type": "add", "b": i, "use_cache": False} for i in range(100)}
    chain = [(f"n{i}.value", f"n{i + 1}.a") for i in range(99)]
    ran = engine.run(extended(graph(nodes), {}, *chain))
    assert ran.outputs["n99"]["value"] == sum(range(100))
    assert len(ran.item["session"]["executed_history"]) == 100


def test_pictures_carry_workflow_and_graph(engine: GraphEngine) -> None:
    blank = {"type": "blank_image", "width": 16, "height": 16, "use_cache": False, "is_intermediate": True}
    ran = engine.run(graph({"b": blank}), workflow={"name": "mine"})
    name = ran.outputs["b"]["image"]["image_name"]
    dto = engine.store.images.get(name)
    assert (dto.has_workflow, dto.is_intermediate) == (True, True)
    assert '"mine"' in (engine.store.images.text(name, "workflow") or "")
    assert engine.store.images.count(ImageFilter(is_intermediate=True)) >= 1


def test_a_graph_is_shown_its_owners_pictures_only(engine: GraphEngine) -> None:
    foreign = picture(engine)
    node = graph({"n": {"type": "img_blur", "image": foreign}})
    ran = engine.run(node, client="anne", sees_all=False)
    assert ran.item["error_type"] == "ImageRecordNotFoundException"
    made = graph({"b": {"type": "blank_image", "width": 8, "height": 8}})
    anne = engine.run(made, client="anne", sees_all=False).outputs["b"]["image"]["image_name"]
    ben = engine.run(made, client="ben", sees_all=False).outputs["b"]["image"]["image_name"]
    again = engine.run(made, client="anne", sees_all=False).outputs["b"]["image"]["image_name"]
    assert (anne == ben, anne == again) == (False, True)


def test_the_cache_of_nodes_heeds_the_servers_clients(engine: GraphEngine) -> None:
    what = graph({"b": {"type": "blank_image", "width": 9, "height": 9}})

    def name() -> str:
        return engine.run(what).outputs["b"]["image"]["image_name"]

    state = engine.store.cache_state
    first = name()
    assert name() == first
    state.clear()
    second = name()
    state.enable(False)
    third = name()
    state.enable(True)
    assert len({first, second, third}) == 3 and name() != third
    assert state.figures()["hits"] > 0
