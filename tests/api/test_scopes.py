"""Tokens of all scopes, application credentials, service tokens, and an operator's policy."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.client import Api, User, send
from tests.support.processes import PROGRAMS, ROOT
from tests.support.stack import Stack

POLICY = """
context_is_admin: role:admin and project_domain_id:default and not project_id:{nobody}
network:delete:/networks/{{id}}: role:member and project_id:%(project_id)s
compute:delete:/servers/{{id}}: role:member and project_id:%(project_id)s
network:post:/networks: rule:builder
builder: role:manager and project_id:%(project_id)s
"""
# One that reads and one that writes, of each API.
READS = (
    ("compute", "/servers"),
    ("compute", "/flavors"),
    ("network", "/networks"),
    ("network", "/ports"),
    ("network", "/security-groups"),
    ("volume", "/types"),
    ("image", "/images"),
    ("admin", "/pods"),
)
WRITES = (
    ("compute", "/os-keypairs", {"keypair": {"name": "k"}}),
    ("network", "/networks", {"network": {"name": "n"}}),
    ("network", "/security-groups", {"security_group": {"name": "g"}}),
    ("volume", "/types", {"volume_type": {"name": "t"}}),
    ("admin", "/pods", {"pod": {"pod_name": "x", "az_name": "y"}}),
)


class Guarded(Stack):
    """A stack whose operator has a policy, and lets tokens of the system read."""

    def _settings(self, clouds_yaml: Path) -> dict[str, str]:
        policy = self.folder / "policy.yaml"
        if not policy.exists():
            policy.write_text(POLICY.format(nobody="none"))
        more = {"TRIO2O_POLICY_FILE": str(policy), "TRIO2O_SYSTEM_SCOPE": "true"}
        more["TRIO2O_TOKEN_QUESTIONS"] = "1"
        return super()._settings(clouds_yaml) | more


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Guarded(tmp_path_factory.mktemp("guarded")) as stack:
        yield stack


def _api(user: User, name: str) -> Api:
    api: Api = getattr(user, name)
    return api


@pytest.mark.parametrize("scope", ["domain", "system"])
@pytest.mark.parametrize("role", ["admin", "member", "reader"])
def test_a_token_of_no_project_is_refused(stack: Stack, scope: str, role: str) -> None:
    user = stack.wider(scope, role, "reader")
    statuses = {(name, path): _api(user, name)("GET", path).status for name, path in READS}
    for name, path, body in WRITES:
        statuses[name, f"POST {path}"] = _api(user, name)("POST", path, body).status
    assert set(statuses.values()) == {403}, statuses


def test_a_token_of_no_project_changes_nothing_of_others(stack: Stack) -> None:
    victim = stack.tenant()
    network = victim.network.make("/networks", name="mine")["id"]
    for scope in ("domain", "system"):
        user = stack.wider(scope, "admin", "member", "reader")
        assert user.network("DELETE", f"/networks/{network}").status == 403
    assert victim.network.get(f"/networks/{network}")["name"] == "mine"


def test_gateway_ports_are_nobodys(stack: Stack) -> None:
    outside = stack.admin.network.make("/networks", name="outside", **{"router:external": True})
    stack.admin.network.make(
        "/subnets", network_id=outside["id"], ip_version=4, cidr="203.0.113.0/24"
    )
    owner = stack.tenant()
    info = {"network_id": outside["id"]}
    router = owner.network.make("/routers", name="r", external_gateway_info=info)
    (port,) = stack.admin.network.list(f"/ports?device_id={router['id']}")
    assert port["project_id"] == ""
    for scope in ("domain", "system"):
        user = stack.wider(scope, "member", "reader")
        body = {"port": {"name": "taken"}}
        assert user.network("PUT", f"/ports/{port['id']}", body).status == 403
    owner.network.delete(f"/routers/{router['id']}")
    stack.admin.network.delete(f"/networks/{outside['id']}")


def test_the_system_reads_where_it_may(guarded: Stack) -> None:
    victim = guarded.tenant("manager")
    network = victim.network.make("/networks", name="mine")["id"]
    user = guarded.wider("system", "admin", "member", "reader")
    assert network in {row["id"] for row in user.network.list("/networks")}
    assert user.admin("GET", "/pods").status == 200
    assert user.network("DELETE", f"/networks/{network}").status == 403
    groups = guarded.admin.network.list("/security-groups")
    assert not [row for row in groups if not row["project_id"]]
    made = user.network("GET", f"/auto-allocated-topology/{victim.project_id}")
    assert made.status == 403, made.body
    assert guarded.wider("domain", "admin", "reader").network("GET", "/networks").status == 403
    assert guarded.wider("system", "member").network("GET", "/networks").status == 403


@pytest.mark.parametrize("how", ["associate?vol_type_id=x", "disassociate_all"])
def test_a_get_that_changes_something_does_not_read(guarded: Stack, how: str) -> None:
    specs = guarded.admin.volume("POST", "/qos-specs", {"qos_specs": {"name": how[:5]}})
    id_ = specs.body["qos_specs"]["id"]
    user = guarded.wider("system", "admin", "reader")
    assert user.volume("GET", f"/qos-specs/{id_}").status == 200
    assert user.volume("GET", f"/qos-specs/{id_}/{how}").status == 403


def test_a_rule_asks_whose_it_is(guarded: Stack) -> None:
    owner = guarded.tenant("manager")
    network = owner.network.make("/networks", name="mine")["id"]
    # Their admin is no owner; a stranger knows of nothing.
    assert guarded.admin.network("DELETE", f"/networks/{network}").status == 403
    assert guarded.tenant().network("DELETE", f"/networks/{network}").status == 404
    assert owner.network("DELETE", f"/networks/{network}").status == 204
    refused = guarded.tenant().network("POST", "/networks", {"network": {}})
    assert (refused.status, refused.fault) == (403, "PolicyNotAuthorized")
    missing = owner.compute("DELETE", "/servers/8b0e6c6e-5d0c-4f1e-9a41-1f0fd5a9c5a1")
    assert missing.status == 404


def test_who_is_an_admin_is_a_rule(guarded: Stack) -> None:
    policy = guarded.folder / "policy.yaml"
    text = policy.read_text()
    other = guarded.tenant("admin")
    assert other.admin("GET", "/pods").status == 200
    policy.write_text(POLICY.format(nobody=other.project_id))
    guarded.gateway.stop()
    guarded.gateway.start()
    try:
        assert other.admin("GET", "/pods").status == 403
        # One decision for all: neither is it an admin where no route says so.
        mine = guarded.tenant("manager").network.make("/networks", name="theirs")["id"]
        assert other.network("GET", f"/networks/{mine}").status == 404
        assert guarded.admin.admin("GET", "/pods").status == 200
    finally:
        policy.write_text(text)
        guarded.gateway.stop()
        guarded.gateway.start()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "No such file"),
        ("network:get:/netwroks: role:reader", "no route has the rule network:get:/netwroks"),
        ("network:get:/networks: rule:operators", "there is no rule operators"),
        ("network:get:/networks: roel:reader", "a token has no roel"),
        ("network:get:/networks: role:reader or member", "cannot be read"),
        ("network:get:/networks: project:%(project)s", "a token has no project"),
        ("network:get:/networks: project_id:%(project)s", "nothing is known of an object"),
        ("network:get:/networks: rule:network:get:/networks", "refers to itself"),
        ("- role:reader", "names of rules"),
        ("a: [", "no YAML"),
    ],
)
def test_a_policy_that_cannot_be_meant_stops_the_start(
    tmp_path: Path, text: str | None, words: str
) -> None:
    policy = tmp_path / "policy.yaml"
    if text is not None:
        policy.write_text(text)
    env = os.environ | {"TRIO2O_POLICY_FILE": str(policy), "TRIO2O_PORT": "1"}
    ended = subprocess.run(
        [str(PROGRAMS / "gateway-api")], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert ended.returncode == 1
    last = ended.stderr.rpartition("TRIO2O_POLICY_FILE: ")[2]
    assert words in last, ended.stderr


@pytest.mark.parametrize("path", ["/v2.1/servers", "/compute/v2.1/servers", "/v2.1/{what}", "/**"])
def test_access_rules_say_what_a_program_may(stack: Stack, path: str) -> None:
    rules = [{"service": "compute", "method": "GET", "path": path}]
    program = stack.tenant().application(access_rules=rules)
    assert program.compute("GET", "/servers").status == 200
    assert program.network("GET", "/networks").status == 401
    assert program.compute("POST", "/os-keypairs", {"keypair": {"name": "k"}}).status == 401
    assert program.admin("GET", "/pods").status == 401
    if not path.endswith("**"):
        assert program.compute("GET", "/servers/detail").status == 401


def test_a_program_without_rules_may_what_its_roles_say(stack: Stack) -> None:
    program = stack.tenant().application(roles=[{"name": "reader"}])
    assert program.network("GET", "/networks").status == 200
    assert program.network("POST", "/networks", {"network": {}}).status == 403


def test_a_service_goes_on_for_a_user_whose_token_has_expired(stack: Stack) -> None:
    user, service, other = stack.tenant(), stack.tenant("service"), stack.tenant()
    stack.simulator.expire(user.token)
    assert user.compute("GET", "/servers").status == 401
    for path in ("/servers", "/os-keypairs", "/os-availability-zone"):
        served = user.compute("GET", path, X_Service_Token=service.token)
        assert served.status == 200, (path, served.body)
    assert user.compute("GET", "/servers").status == 401
    for token in (other.token, "none"):
        assert user.compute("GET", "/servers", X_Service_Token=token).status == 401
        # Not even with a good token of its own.
        assert other.compute("GET", "/servers", X_Service_Token="none").status == 401


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_what_keystone_cannot_say_is_no_refusal(stack: Stack, status: int) -> None:
    user = stack.tenant()
    with stack.simulator.fault("status", region="identity", status=status, method="GET"):
        assert user.network("GET", "/networks").status == 503
    assert user.network("GET", "/networks").status == 200


def test_nonsense_waits_in_a_line_that_ends(guarded: Stack) -> None:
    user = guarded.tenant()
    assert user.network("GET", "/networks").status == 200

    def ask(number: int) -> int:
        headers = {"X-Auth-Token": f"nonsense-{number}"}
        return send("GET", f"{guarded.url}/network/v2.0/networks", None, headers).status

    with guarded.simulator.fault("slow", region="identity", seconds=0.3):
        with ThreadPoolExecutor(30) as threads:
            statuses = list(threads.map(ask, range(30)))
        # Whom the gateway knows waits for nobody's.
        assert user.network("GET", "/networks").status == 200
    assert set(statuses) == {401, 429}
    assert statuses.count(401) >= 17


def test_a_refused_token_is_asked_about_once(stack: Stack) -> None:
    stack.simulator.forget_calls()
    headers = {"X-Auth-Token": "nonsense"}
    for _ in range(3):
        assert send("GET", f"{stack.url}/network/v2.0/networks", None, headers).status == 401
    asked = stack.simulator.calls(region="identity", method="GET", path="/v3/auth/tokens")
    assert len(asked) == 1
