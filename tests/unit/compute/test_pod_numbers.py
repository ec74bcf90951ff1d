"""Numbers that pods give, told apart by pod."""

from __future__ import annotations

from models.compute.pod_numbers import PodNumbers
from models.database.store import Store
from models.pods import PodDirectory

ONE, TWO = "id-of-pod-1", "id-of-pod-2"


async def test_number_of_a_pod_is_given_once(store: Store, pods: PodDirectory) -> None:
    numbers, one, two = PodNumbers(store, pods), await pods.get(ONE), await pods.get(TWO)
    shown = [await numbers.shown(one, 3), await numbers.shown(two, 3)]
    assert shown == [3001, 3002]
    assert await PodNumbers(store, pods).shown(two, 4) == 4002
    assert await numbers.find("3002") == (two, 3)
    for unknown in ("3009", "x", "9" * 30):
        assert await numbers.find(unknown) is None
