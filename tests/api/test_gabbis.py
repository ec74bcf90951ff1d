"""Runs the YAML of every API against the live gateway: one folder for each API."""

from __future__ import annotations

import os
import unittest
from collections.abc import Iterator
from pathlib import Path

import pytest
from gabbi import driver
from gabbi.reporter import PyTestResult

from tests.support.simulator import SPARE
from tests.support.stack import Stack

HERE = Path(__file__).parent


def _cases() -> Iterator[unittest.TestCase]:
    for folder in sorted({path.parent for path in HERE.glob("*/*.yaml")}):
        # Nothing here speaks TLS, and each case would read all the machine's certificates.
        suites = driver.build_tests(
            str(folder),
            unittest.TestLoader(),
            host="127.0.0.1",
            test_loader_name=folder.name,
            cert_validate=False,
        )
        yield from sorted((case for suite in suites for case in suite), key=_file)


def _file(case: unittest.TestCase) -> str:
    return f"{type(case).__module__}/{case.test_base_name}"  # type: ignore[attr-defined]


def _name(case: unittest.TestCase) -> str:
    base = case.test_base_name  # type: ignore[attr-defined]
    return f"{_file(case)}:{type(case).__name__.removeprefix(base + '_')}"


CASES = list(_cases())


@pytest.fixture(scope="module")
def addressed(stack: Stack) -> Iterator[None]:
    """The cases know the gateway's port and who its users are."""
    for case in CASES:
        type(case).port = stack.port  # type: ignore[attr-defined]
    given = {"GATEWAY": stack.url, "NETWORK": stack.network_url, "SPARE_REGION": SPARE}
    for name, user in stack.users.items():
        given[f"TOKEN_{name.upper()}"] = user.token
        given[f"PROJECT_{name.upper()}"] = user.project_id
        given[f"USER_{name.upper()}"] = user.user_id
    for name, id_ in stack.pod_ids.items():
        given[f"{name.upper()}_ID"] = id_
    os.environ.update(given)
    yield
    for name in given:
        del os.environ[name]


@pytest.mark.parametrize("case", [pytest.param(case, id=_name(case)) for case in CASES])
def test_request(case: unittest.TestCase, addressed: None) -> None:
    case(PyTestResult())
