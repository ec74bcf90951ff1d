"""Work on one object at a time, with activities that fail, wait and are cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError

from activities.upkeep import Outcome, Task
from models.errors import PodFault, PodUnavailable
from models.work import CleanUp, InPod, UpdateCopies, Upkeep
from tests.support.skipping import Held, Play, skipping

# One of each workflow, and what moves bytes.
KINDS = (CleanUp.NETWORK, UpdateCopies.PORT, InPod.SECURITY_GROUP, InPod.IMAGE)
OUT = PodUnavailable("Pod1", "it is out")
REFUSED = PodFault("Pod1", 403, b"", "it may not")


def _out_for(hours: float) -> ApplicationError:
    return ApplicationError("Pod1 is out", next_retry_delay=timedelta(hours=hours))


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    async with skipping() as client:
        yield client


@pytest.fixture
async def play(client: Client) -> AsyncIterator[Play]:
    async with Play(client).on_stage() as play:
        yield play


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> Upkeep:
    kind: Upkeep = request.param
    return kind


async def _failure(execution: WorkflowHandle[object, None]) -> str:
    with pytest.raises(WorkflowFailureError) as failed:
        await execution.result()
    assert isinstance(failed.value.cause, ApplicationError)
    return failed.value.cause.message


async def test_it_is_done_once_for_who_asked(play: Play, kind: Upkeep) -> None:
    await (await play.upkeep(kind, "one")).result()
    assert play.doubles.asked == [
        ("begin_upkeep", ["one"]),
        ("do_upkeep", Task(kind.type, kind.resource_type, "object")),
        ("end_upkeep", Outcome(["one"])),
    ]


async def test_who_asks_meanwhile_gets_it_done_again_once_for_all(
    play: Play, kind: Upkeep
) -> None:
    held = Held()
    play.doubles.tell("do_upkeep", held)
    running = await play.upkeep(kind, "one")
    await held.begun.wait()
    await play.upkeep(kind, "two", "three")
    held.let_go()
    await running.result()
    assert len(play.doubles.of("do_upkeep")) == 2
    assert play.doubles.of("end_upkeep") == [Outcome(["one"]), Outcome(["two", "three"])]


async def test_nothing_is_done_for_who_does_not_want_it_any_more(play: Play, kind: Upkeep) -> None:
    play.doubles.tell("begin_upkeep", [])
    await (await play.upkeep(kind, "one")).result()
    assert play.doubles.asked == [("begin_upkeep", ["one"])]


async def test_a_pod_that_is_out_is_tried_again(play: Play, kind: Upkeep) -> None:
    play.doubles.tell("do_upkeep", OUT, OUT, _out_for(23))
    await (await play.upkeep(kind, "one")).result()
    assert len(play.doubles.of("do_upkeep")) == 4
    assert play.doubles.of("end_upkeep") == [Outcome(["one"])]


@pytest.mark.parametrize(("kind", "tries"), [(CleanUp.NETWORK, 4), (InPod.IMAGE, 7)])
async def test_it_fails_when_a_pod_is_out_for_longer(play: Play, kind: Upkeep, tries: int) -> None:
    # A day; and two for what moves bytes.
    play.doubles.tell("do_upkeep", *[_out_for(7)] * 9)
    assert await _failure(await play.upkeep(kind, "one")) == "Pod1 is out"
    assert len(play.doubles.of("do_upkeep")) == tries
    assert play.doubles.of("end_upkeep") == [Outcome(["one"], "Pod1 is out")]


async def test_a_refusal_is_final(play: Play, kind: Upkeep) -> None:
    play.doubles.tell("do_upkeep", REFUSED)
    assert await _failure(await play.upkeep(kind, "one")) == REFUSED.message
    assert len(play.doubles.of("do_upkeep")) == 1
    assert play.doubles.of("end_upkeep") == [Outcome(["one"], REFUSED.message)]


async def test_a_refusal_is_none_to_who_asks_after_it(play: Play, kind: Upkeep) -> None:
    async def refused(_: object) -> None:
        await play.upkeep(kind, "two")
        raise REFUSED

    play.doubles.tell("do_upkeep", refused)
    await (await play.upkeep(kind, "one")).result()
    assert play.doubles.of("end_upkeep") == [Outcome(["one"], REFUSED.message), Outcome(["two"])]


async def test_a_database_that_is_away_is_waited_for(play: Play, kind: Upkeep) -> None:
    away = RuntimeError("the database is away")
    play.doubles.tell("begin_upkeep", away, away)
    play.doubles.tell("end_upkeep", away, away)
    await (await play.upkeep(kind, "one")).result()
    assert play.doubles.of("begin_upkeep") == [["one"]] * 3
    assert play.doubles.of("end_upkeep") == [Outcome(["one"])] * 3
    assert len(play.doubles.of("do_upkeep")) == 1


async def test_a_cancelled_one_tells_so(play: Play, kind: Upkeep) -> None:
    held = Held()
    play.doubles.tell("do_upkeep", held)
    running = await play.upkeep(kind, "one")
    await held.begun.wait()
    await running.cancel()
    assert await _failure(running) == "cancelled"
    assert play.doubles.of("end_upkeep") == [Outcome(["one"], "cancelled", cancelled=True)]


async def test_one_cancelled_while_it_begins_tells_so(play: Play, kind: Upkeep) -> None:
    held = Held(["one"])
    play.doubles.tell("begin_upkeep", held)
    running = await play.upkeep(kind, "one")
    await held.begun.wait()
    await running.cancel()
    held.let_go()
    assert await _failure(running) == "cancelled"
    assert play.doubles.of("do_upkeep") == []
    assert play.doubles.of("end_upkeep") == [Outcome(["one"], "cancelled", cancelled=True)]


async def test_a_cancellation_that_comes_too_late_changes_nothing(
    play: Play, kind: Upkeep
) -> None:
    held = Held()
    play.doubles.tell("end_upkeep", held)
    running = await play.upkeep(kind, "one")
    await held.begun.wait()
    await running.cancel()
    await play.went_on(running, "cancelled")
    held.let_go()
    await running.result()
    assert play.doubles.of("end_upkeep") == [Outcome(["one"])]
