"""Versions, methods and spellings of addresses, as load balancers and old clients use them."""

from __future__ import annotations

import pytest

from tests.support.client import Answer, send
from tests.support.doors import PRIVATE, PUBLIC, Asked, difference
from tests.support.stack import Stack


def _ask(stack: Stack, asked: Asked, token: str = "") -> Answer:
    url = f"{stack.url}/{asked.service}{asked.path}"
    headers = dict(asked.headers) | ({"X-Auth-Token": token} if token else {})
    return send(asked.method, url, None, headers)


@pytest.mark.parametrize("asked", PUBLIC, ids=lambda asked: asked.name)
def test_whoever_asks_is_told_as_by_the_services(stack: Stack, asked: Asked) -> None:
    answer = _ask(stack, asked)
    assert not difference(asked, answer.status, answer.headers, answer.body)


@pytest.mark.parametrize("asked", PRIVATE, ids=lambda asked: asked.name)
def test_one_address_has_several_spellings(stack: Stack, asked: Asked) -> None:
    answer = _ask(stack, asked, stack.admin.token)
    assert not difference(asked, answer.status, answer.headers, answer.body)


def test_what_is_out_of_range_is_named_with_the_range(stack: Stack) -> None:
    at = f"{stack.url}/compute/v2.1/"
    low, high = (send("GET", at).body["version"][name] for name in ("min_version", "version"))
    refused = send("GET", at, None, {"OpenStack-API-Version": "compute 2.999"}).body
    assert refused["computeFault"] == {
        "code": 406,
        "message": "Version 2.999 is not supported by the API. "
        f"Minimum is {low} and maximum is {high}.",
    }


def test_choices_lead_to_what_was_asked_for(stack: Stack) -> None:
    choices = send("GET", f"{stack.url}/compute/servers?x=1").body["choices"]
    assert [choice["id"] for choice in choices] == ["v2.0", "v2.1"]
    assert [choice["links"][0]["href"] for choice in choices] == [
        f"{stack.url}/compute/v2/servers",
        f"{stack.url}/compute/v2.1/servers",
    ]
    assert {frozenset(choice) for choice in choices} == {
        frozenset(("id", "status", "links", "media-types"))
    }


@pytest.mark.parametrize("path", ["//compute/v2.1/", "/%63ompute//v2.1", "///compute///v2.1"])
def test_the_prefix_has_several_spellings_too(stack: Stack, path: str) -> None:
    links = send("GET", stack.url + path).body["version"]["links"]
    assert links[0]["href"] == f"{stack.url}/compute/v2.1/"


@pytest.mark.parametrize("path", ["/", "/v2.0", "//v2.0//"])
def test_the_port_of_the_network_api_is_as_its_prefix(stack: Stack, path: str) -> None:
    assert send("OPTIONS", stack.network_url + path).status == 200
    status = 200 if path == "/" else 401
    assert send("GET", stack.network_url + path).status == status


@pytest.mark.parametrize("path", ["/", "/v1.0", "//v1.0/"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_our_own_api_says_that_it_is_there(stack: Stack, method: str, path: str) -> None:
    answer = send(method, stack.url + path)
    assert answer.status == 200
    assert bool(answer.body) == (method != "HEAD")


def test_what_means_something_stays_encoded(stack: Stack) -> None:
    keypair = stack.admin.compute.make("/os-keypairs", name="a b-c_D9")
    path = "/os-keypairs/%61%20b%2dc%5F%44%39"
    assert stack.admin.compute.get(path)["fingerprint"] == keypair["fingerprint"]
    stack.admin.compute.delete(path)
    for inner in ("%2e%2e", "..", "%2E"):
        gone = f"/os-keypairs/{inner}/servers"
        assert stack.admin.compute("GET", gone).status == 404
    assert stack.admin.compute("GET", "/os-keypairs/a%2Fb").status == 404
    assert stack.admin.compute("GET", "/os-keypairs/%2541").status == 404
