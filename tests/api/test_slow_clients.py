"""Clients that send too much or too slowly, pods that answer so: told, and others do not wait."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attacks import pods
from tests.attacks.connections import CONNECTIONS, SlowStack, still_serves
from tests.support.stack import Stack


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with SlowStack(tmp_path_factory.mktemp("impatient")) as stack:
        yield stack


@pytest.mark.parametrize("name", CONNECTIONS)
def test_no_connection_is_held_for_long(impatient: Stack, name: str) -> None:
    sent, status = CONNECTIONS[name]
    assert sent(impatient, impatient.tenant()) == status
    assert still_serves(impatient)
    assert "Traceback" not in impatient.gateway.text()


@pytest.mark.parametrize("form", pods.FORMS)
def test_no_answer_of_a_pod_is_too_heavy(impatient: Stack, form: str) -> None:
    assert pods.held(impatient, form)
