"""router/<id> and the operations on it, with activities that fail, wait and are cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from activities.network.routers.work import Begun, Ended, RouterInPod, Settled
from activities.upkeep import Outcome
from models.errors import Conflict, PodFault, PodUnavailable
from models.work import EXTRA_ROUTES, RouterChange, State
from tests.support.skipping import Held, Play, skipping
from workflows.network.router import Offered
from workflows.network.router_operations import ExtraRoutes

ADD, REMOVE = RouterChange.ADD_INTERFACE, RouterChange.REMOVE_INTERFACE
OUT = PodUnavailable("Pod1", "it is out")
REFUSED = PodFault("Pod2", 403, b"", "it may not")


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


async def _failure(play: Play, operation: Offered) -> ApplicationError:
    with pytest.raises(WorkflowFailureError) as failed:
        await play.operation(operation).result()
    assert isinstance(failed.value.cause, ApplicationError)
    return failed.value.cause


# One operation.


@pytest.mark.parametrize("change", RouterChange)
async def test_an_operation_converges_the_pods_that_differ(
    play: Play, change: RouterChange
) -> None:
    operation = play.offered(change, "one")
    play.doubles.tell("begin_router_operation", Begun(["Pod1", "Pod2"], about="piece"))
    await (await play.offer(operation)).result()
    assert await play.operation(operation).result() == "changed in 2 pods"
    router, doubles = play.router_id, play.doubles
    assert doubles.of("begin_router_operation") == ["operation-one"]
    converged = doubles.of("converge_router_copy")
    assert sorted(converged, key=lambda copy: copy.pod) == [
        RouterInPod(router, "Pod1", "piece"),
        RouterInPod(router, "Pod2", "piece"),
    ]
    assert doubles.of("end_router_operation") == [Ended("operation-one", State.SUCCEEDED)]
    assert doubles.of("settle_router")[-1] == Settled(router)


async def test_where_no_pod_differs_nothing_is_called(play: Play) -> None:
    operation = play.offered(ADD, "one")
    play.doubles.tell("begin_router_operation", Begun([]))
    await (await play.offer(operation)).result()
    assert await play.operation(operation).result() == "nothing to change"
    assert play.doubles.of("converge_router_copy") == []
    assert play.doubles.of("end_router_operation") == [Ended("operation-one", State.SUCCEEDED)]


async def test_one_that_was_cancelled_before_does_nothing(play: Play) -> None:
    operation = play.offered(ADD, "one")
    play.doubles.tell("begin_router_operation", Begun(cancelled=True))
    await (await play.offer(operation)).result()
    assert await play.operation(operation).result() == "cancelled before it began"
    assert play.doubles.of("converge_router_copy") == []
    assert play.doubles.of("end_router_operation") == []


async def test_a_pod_that_is_out_is_tried_again(play: Play) -> None:
    play.doubles.tell("converge_router_copy", OUT, OUT, OUT, _out_for(23))
    await (await play.offer(play.offered(ADD, "one"))).result()
    assert len(play.doubles.of("converge_router_copy")) == 5
    assert play.doubles.of("end_router_operation") == [Ended("operation-one", State.SUCCEEDED)]


async def test_a_pod_that_is_out_for_more_than_a_day_fails_it(play: Play) -> None:
    operation = play.offered(ADD, "one")
    play.doubles.tell("converge_router_copy", *[_out_for(7)] * 9)
    await (await play.offer(operation)).result()
    failure = await _failure(play, operation)
    assert (failure.message, failure.type) == ("Pod1 is out", State.FAILED)
    assert len(play.doubles.of("converge_router_copy")) == 4
    ended = Ended("operation-one", State.FAILED, "Pod1 is out")
    assert play.doubles.of("end_router_operation") == [ended]


async def test_a_refusal_fails_it_at_once_and_is_undone(play: Play) -> None:
    operation, router = play.offered(ADD, "one"), play.router_id
    play.doubles.tell("begin_router_operation", Begun(["Pod1", "Pod2"], about="piece"))
    play.doubles.tell("converge_router_copy", REFUSED, pod="Pod2")
    play.doubles.tell("end_router_operation", ["Pod1", "Pod2"])
    await (await play.offer(operation)).result()
    failure = await _failure(play, operation)
    assert (failure.message, failure.type) == (REFUSED.message, State.FAILED)
    assert play.doubles.of("end_router_operation") == [
        Ended("operation-one", State.FAILED, REFUSED.message)
    ]
    # To undo is to converge once more, for nobody's sake: the topology is without the piece.
    undone = [copy for copy in play.doubles.of("converge_router_copy") if not copy.about]
    assert sorted(undone, key=lambda copy: copy.pod) == [
        RouterInPod(router, "Pod1"),
        RouterInPod(router, "Pod2"),
    ]


async def test_a_pod_at_work_is_waited_for_before_what_was_refused_is_undone(play: Play) -> None:
    operation, held = play.offered(ADD, "one"), Held()
    play.doubles.tell("begin_router_operation", Begun(["Pod1", "Pod2"]))
    play.doubles.tell("converge_router_copy", held, pod="Pod1")
    play.doubles.tell("converge_router_copy", REFUSED, pod="Pod2")
    running = await play.offer(operation)
    await held.begun.wait()
    await play.taken_in(play.operation(operation), "converge_router_copy")
    held.let_go()
    await running.result()
    order = await play.order(play.operation(operation))
    undoing = order.index(("asked", "end_router_operation"))
    assert order[:undoing].count(("ended", "converge_router_copy")) == 2


async def test_what_cannot_be_undone_is_left_after_a_while(play: Play) -> None:
    operation = play.offered(ADD, "one")
    play.doubles.tell("end_router_operation", ["Pod1"])
    play.doubles.tell("converge_router_copy", REFUSED, *[_out_for(0.1)] * 9)
    await (await play.offer(operation)).result()
    assert (await _failure(play, operation)).message == REFUSED.message
    # Ten minutes are enough for two tries, six minutes apart.
    assert len(play.doubles.of("converge_router_copy")) == 3


async def test_one_that_cannot_begin_fails(play: Play) -> None:
    operation = play.offered(ADD, "one")
    play.doubles.tell("begin_router_operation", Conflict("no VLAN is left"))
    await (await play.offer(operation)).result()
    assert (await _failure(play, operation)).message == "no VLAN is left"
    ended = Ended("operation-one", State.FAILED, "no VLAN is left")
    assert play.doubles.of("end_router_operation") == [ended]


async def test_a_database_that_is_away_is_waited_for(play: Play) -> None:
    away = RuntimeError("the database is away")
    play.doubles.tell("begin_router_operation", away, away)
    play.doubles.tell("end_router_operation", away, away)
    await (await play.offer(play.offered(ADD, "one"))).result()
    assert len(play.doubles.of("begin_router_operation")) == 3
    assert play.doubles.of("end_router_operation") == [Ended("operation-one", State.SUCCEEDED)] * 3
    assert len(play.doubles.of("converge_router_copy")) == 1


async def test_a_cancelled_one_ends_its_call_and_is_undone(play: Play) -> None:
    operation, held = play.offered(ADD, "one"), Held()
    play.doubles.tell("converge_router_copy", held)
    play.doubles.tell("end_router_operation", ["Pod1"])
    running = await play.offer(operation)
    await held.begun.wait()
    await play.operation(operation).cancel()
    await running.result()
    failure = await _failure(play, operation)
    assert (failure.message, failure.type) == ("cancelled", State.CANCELLED)
    ended = Ended("operation-one", State.CANCELLED, "cancelled")
    assert play.doubles.of("end_router_operation") == [ended]
    assert play.doubles.of("converge_router_copy")[1:] == [RouterInPod(play.router_id, "Pod1")]


async def test_one_cancelled_while_it_begins_calls_no_pod(play: Play) -> None:
    operation, began = play.offered(ADD, "one"), Held(Begun(["Pod1"]))
    play.doubles.tell("begin_router_operation", began)
    running = await play.offer(operation)
    await began.begun.wait()
    await play.operation(operation).cancel()
    began.let_go()
    await running.result()
    assert (await _failure(play, operation)).type == State.CANCELLED
    assert play.doubles.of("converge_router_copy") == []
    ended = Ended("operation-one", State.CANCELLED, "cancelled")
    assert play.doubles.of("end_router_operation") == [ended]


async def test_a_cancellation_that_comes_too_late_changes_nothing(play: Play) -> None:
    operation, held = play.offered(ADD, "one"), Held([])
    play.doubles.tell("end_router_operation", held)
    running = await play.offer(operation)
    await held.begun.wait()
    await play.operation(operation).cancel()
    await play.went_on(play.operation(operation), "cancelled")
    held.let_go()
    await running.result()
    assert await play.operation(operation).result() == "changed in 1 pods"
    assert play.doubles.of("end_router_operation") == [Ended("operation-one", State.SUCCEEDED)]


async def test_one_cancelled_again_is_undone_all_the_same(play: Play) -> None:
    operation, held, undoing = play.offered(ADD, "one"), Held(), Held()
    play.doubles.tell("converge_router_copy", held, undoing)
    play.doubles.tell("end_router_operation", ["Pod1"])
    running = await play.offer(operation)
    await held.begun.wait()
    await play.operation(operation).cancel()
    await undoing.begun.wait()
    await play.operation(operation).cancel()
    undoing.let_go()
    await running.result()
    assert (await _failure(play, operation)).type == State.CANCELLED
    assert len(play.doubles.of("converge_router_copy")) == 2


async def test_one_begun_again_by_hand_brings_the_routes_up_itself(play: Play) -> None:
    operation, router = play.offered(ADD, "one"), play.router_id
    play.doubles.tell("begin_router_operation", Begun(["Pod1"], again=True))
    play.doubles.tell("pods_with_wrong_routes", ["Pod1", "Pod2"])
    play.doubles.tell("converge_extra_routes", REFUSED, pod="Pod2")
    assert await (await play.operate(operation)).result() == "changed in 1 pods"
    routes = sorted(play.doubles.of("converge_extra_routes"), key=lambda copy: copy.pod)
    assert routes == [RouterInPod(router, "Pod1"), RouterInPod(router, "Pod2")]
    assert play.doubles.of("settle_router") == [Settled(router, REFUSED.message)]


# Several, and what the router's own execution does between them.


async def test_the_same_operation_twice_is_one(play: Play) -> None:
    operation, held = play.offered(ADD, "one"), Held()
    play.doubles.tell("converge_router_copy", held)
    running = await play.offer(operation)
    await held.begun.wait()
    await play.offer(operation, operation)
    held.let_go()
    await running.result()
    assert play.doubles.of("begin_router_operation") == ["operation-one"]


async def test_different_pieces_change_at_the_same_time(play: Play) -> None:
    first, second = Held(), Held()
    play.doubles.tell("converge_router_copy", first, second)
    running = await play.offer(play.offered(ADD, "one"), play.offered(ADD, "two"))
    await first.begun.wait()
    await second.begun.wait()
    first.let_go()
    second.let_go()
    await running.result()
    assert len(play.doubles.of("end_router_operation")) == 2


async def test_changes_of_one_piece_come_one_after_the_other(play: Play) -> None:
    held, operation = Held(), play.offered(RouterChange.SET_GATEWAY, "one")
    again = play.offered(RouterChange.SET_GATEWAY, "two")
    assert again.workflow_id == operation.workflow_id
    play.doubles.tell("converge_router_copy", held)
    running = await play.offer(operation)
    await held.begun.wait()
    await play.offer(again)
    held.let_go()
    await running.result()
    of_operations = [
        (name, getattr(argument, "operation_id", argument))
        for name, argument in play.doubles.asked
        if name in ("begin_router_operation", "end_router_operation")
    ]
    assert of_operations == [
        ("begin_router_operation", "operation-one"),
        ("end_router_operation", "operation-one"),
        ("begin_router_operation", "operation-two"),
        ("end_router_operation", "operation-two"),
    ]


async def test_one_that_fails_holds_up_no_other(play: Play) -> None:
    failing, other = play.offered(ADD, "one"), play.offered(REMOVE, "two")
    play.doubles.tell("begin_router_operation", Conflict("no VLAN is left"))
    await (await play.offer(failing)).result()
    await (await play.offer(other)).result()
    assert (await _failure(play, failing)).type == State.FAILED
    assert await play.operation(other).result() == "changed in 1 pods"


async def test_the_end_of_a_terminated_one_is_told(play: Play) -> None:
    operation, held = play.offered(ADD, "one"), Held()
    play.doubles.tell("converge_router_copy", held)
    running = await play.offer(operation)
    await held.begun.wait()
    await play.operation(operation).terminate()
    held.let_go()
    await running.result()
    (ended,) = play.doubles.of("end_router_operation")
    assert (ended.operation_id, ended.state) == ("operation-one", State.FAILED)
    assert ended.error


async def test_one_that_runs_already_is_left_to_whoever_started_it(play: Play) -> None:
    operation, held = play.offered(ADD, "one"), Held()
    play.doubles.tell("converge_router_copy", held)
    by_hand = await play.operate(operation)
    await held.begun.wait()
    await (await play.offer(operation)).result()
    held.let_go()
    assert await by_hand.result() == "changed in 1 pods"
    assert play.doubles.of("begin_router_operation") == ["operation-one"]


async def test_routes_that_are_wrong_are_set_in_each_pod(play: Play) -> None:
    router = play.router_id
    play.doubles.tell("begin_router_operation", Begun([]))
    play.doubles.tell("pods_with_wrong_routes", [], ["Pod1", "Pod2"])
    await (await play.offer(play.offered(ADD, "one"))).result()
    routes = sorted(play.doubles.of("converge_extra_routes"), key=lambda copy: copy.pod)
    assert routes == [RouterInPod(router, "Pod1"), RouterInPod(router, "Pod2")]
    assert play.doubles.asked[-1] == ("settle_router", Settled(router))


async def test_routes_that_a_pod_refuses_fail_the_router(play: Play) -> None:
    play.doubles.tell("pods_with_wrong_routes", [], ["Pod1", "Pod2"])
    play.doubles.tell("converge_extra_routes", REFUSED, pod="Pod2")
    await (await play.offer(play.offered(ADD, "one"))).result()
    settled = Settled(play.router_id, REFUSED.message)
    assert play.doubles.asked[-1] == ("settle_router", settled)


async def test_a_job_of_routes_tells_why_they_failed(play: Play) -> None:
    play.doubles.tell("pods_with_wrong_routes", ["Pod2"])
    play.doubles.tell("converge_extra_routes", REFUSED)
    await (await play.offer(play.routes("job"))).result()
    assert play.doubles.of("begin_upkeep") == [["job"]]
    assert play.doubles.of("end_upkeep") == [Outcome(["job"], REFUSED.message)]
    # The job has told it: the router's state follows from that.
    assert play.doubles.of("settle_router") == [Settled(play.router_id)]


async def test_routes_that_somebody_cancels_fail_their_job(play: Play) -> None:
    held = Held()
    play.doubles.tell("pods_with_wrong_routes", ["Pod1"])
    play.doubles.tell("converge_extra_routes", held)
    running = await play.offer(play.routes("job"))
    await held.begun.wait()
    in_pod = EXTRA_ROUTES.execution_in(play.router_id, "Pod1")
    await play.client.get_workflow_handle(in_pod).cancel()
    await running.result()
    assert play.doubles.of("end_upkeep") == [Outcome(["job"], "cancelled")]


async def test_routes_that_cannot_be_looked_at_fail_their_job(play: Play) -> None:
    play.doubles.tell("pods_with_wrong_routes", Conflict("no address is left"))
    await (await play.offer(play.routes("job"))).result()
    assert play.doubles.of("end_upkeep") == [Outcome(["job"], "no address is left")]


async def test_a_pod_that_is_out_holds_up_the_routes_of_no_other(play: Play) -> None:
    play.doubles.tell("pods_with_wrong_routes", ["Pod1", "Pod2"])
    play.doubles.tell("converge_extra_routes", _out_for(20), pod="Pod1")
    await (await play.offer(play.routes("job"))).result()
    pods = [copy.pod for copy in play.doubles.of("converge_extra_routes")]
    assert sorted(pods) == ["Pod1", "Pod1", "Pod2"]
    assert play.doubles.of("end_upkeep") == [Outcome(["job"])]


async def test_a_pod_is_looked_at_again_when_its_routes_changed_meanwhile(play: Play) -> None:
    held = Held()
    play.doubles.tell("pods_with_wrong_routes", ["Pod1"], ["Pod1"], ["Pod1"])
    play.doubles.tell("converge_extra_routes", held)
    running = await play.offer(play.routes("job"))
    await held.begun.wait()
    await play.offer(play.routes("next"))
    await play.taken_in(running, "pods_with_wrong_routes", 2)
    held.let_go()
    await running.result()
    assert len(play.doubles.of("pods_with_wrong_routes")) == 3
    assert len(play.doubles.of("converge_extra_routes")) == 2
    assert play.doubles.of("end_upkeep") == [Outcome(["job", "next"])]


async def test_routes_that_somebody_sets_by_hand_are_looked_at_again(play: Play) -> None:
    held, router = Held(), play.router_id
    play.doubles.tell("converge_extra_routes", held)
    by_hand = await play.client.start_workflow(
        ExtraRoutes.run,
        RouterInPod(router, "Pod1"),
        id=EXTRA_ROUTES.execution_in(router, "Pod1"),
        task_queue=play.queue,
    )
    await held.begun.wait()
    play.doubles.tell("pods_with_wrong_routes", ["Pod1"], ["Pod1"], [])
    await (await play.offer(play.routes("job"))).result()
    held.let_go()
    await by_hand.result()
    assert len(play.doubles.of("pods_with_wrong_routes")) == 3
    assert len(play.doubles.of("converge_extra_routes")) == 1
    assert play.doubles.of("end_upkeep") == [Outcome(["job"])]


async def test_what_runs_goes_on_when_the_router_itself_is_cancelled(play: Play) -> None:
    operation, held = play.offered(ADD, "one"), Held()
    play.doubles.tell("converge_router_copy", held)
    running = await play.offer(operation)
    await held.begun.wait()
    await running.cancel()
    with pytest.raises(WorkflowFailureError):
        await running.result()
    held.let_go()
    assert await play.operation(operation).result() == "changed in 1 pods"
    assert play.doubles.of("end_router_operation") == [Ended("operation-one", State.SUCCEEDED)]


async def test_it_continues_as_a_new_run_with_what_waits() -> None:
    few = "limit.historyCount.suggestContinueAsNew=60"
    async with skipping(few) as client, Play(client).on_stage() as play:
        held = Held()
        play.doubles.tell("converge_router_copy", held)
        pieces = [play.offered(ADD, str(number)) for number in range(40)]
        running = await play.offer(pieces[0])
        await held.begun.wait()
        await play.offer(*pieces[1:])
        held.let_go()
        await running.result()
        last = await play.client.get_workflow_handle(running.id).describe()
    assert last.run_id != running.first_execution_run_id
    ended = {one.operation_id for one in play.doubles.of("end_router_operation")}
    assert ended == {piece.operation_id for piece in pieces}
    assert len(play.doubles.of("begin_router_operation")) == len(pieces)
