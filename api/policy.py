"""Policy: who may call which route; oslo.policy with the conventional defaults.

Every route has a rule named ``<service>:<method>:<path>``: readers read, members write, admin
routes are the admin's. An operator overrides rules in the file that ``TRIO2O_POLICY_FILE`` names.
Whose object it is, is judged where the object is read: another project's is 404.
"""

import time

from oslo_config import cfg
from oslo_policy import policy as oslo

from api.http import Route, Routes
from models.errors import Forbidden
from models.values import Caller

_READ = {"GET", "HEAD"}
_READERS = "role:reader or role:member or role:admin"
_MEMBERS = "role:member or role:admin"
_ADMIN = "role:admin"
# The enforcer looks at all its rules and files each time; a change of the file is seen after this.
_SECONDS = 5.0
_KEPT = 50_000


class Policy:
    """The rules in force."""

    def __init__(self, policy_file: str) -> None:
        conf = cfg.ConfigOpts()
        conf([], default_config_files=[], default_config_dirs=[])
        # use_conf also makes the enforcer load the defaults; without a file only those are left.
        self._enforcer = oslo.Enforcer(conf, policy_file=policy_file or None, use_conf=True)
        self._decided: dict[tuple[str, str, str, tuple[str, ...]], bool] = {}
        self._until = 0.0

    def register(self, service: str, routes: Routes) -> None:
        """Give every route its default rule."""
        for route in routes.declared:
            rule = oslo.RuleDefault(route.rule(service), default(route))
            self._enforcer.register_default(rule)

    def check(self, rule: str, caller: Caller) -> None:
        """Return if the caller may; ``Forbidden`` otherwise."""
        if time.monotonic() > self._until or len(self._decided) > _KEPT:
            self._decided.clear()
            self._until = time.monotonic() + _SECONDS
        key = (rule, caller.user_id, caller.project_id, caller.roles)
        allowed = self._decided.get(key)
        if allowed is None:
            allowed = self._decided[key] = self._decide(rule, caller)
        if not allowed:
            raise Forbidden(_refusal(rule))

    def _decide(self, rule: str, caller: Caller) -> bool:
        credentials = {
            "user_id": caller.user_id,
            "project_id": caller.project_id,
            "roles": list(caller.roles),
        }
        return bool(self._enforcer.enforce(rule, {}, credentials))


def default(route: Route) -> str:
    """Return what is asked of the caller of a route, where an operator says nothing else."""
    if route.admin:
        return _ADMIN
    return _READERS if route.method in _READ else _MEMBERS


def _refusal(rule: str) -> str:
    service, method, path = rule.split(":", 2)
    if service != "network":
        return f"Policy doesn't allow {rule} to be performed."
    noun, _, rest = path.strip("/").partition("/")
    member = noun.replace("-", "_").removesuffix("s").replace("policie", "policy")
    verb = {"post": "create", "put": "update", "delete": "delete"}.get(method, "get")
    action = rest.removeprefix("{id}").strip("/")
    if "-" in action:
        inner = action.partition("/")[0]
        action = f"{verb}_{inner if verb == 'get' else inner.removesuffix('s')}"
    return f"rule:{action or f'{verb}_{member}'} is disallowed by policy"
