"""Policy: who may call which route; oslo.policy with the conventional defaults.

Every route has a rule named ``<service>:<method>:<path>``: readers read, members write, admin
routes are the admin's. Who is an admin is a rule too, ``context_is_admin``, as in all services;
and so is who reads as one with a token of the whole system, ``system_reader``, where that is
enabled. An operator overrides rules in the file that ``TRIO2O_POLICY_FILE`` names. Whose object
it is, is judged where the object is read: another project's is 404.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oslo_config import cfg
from oslo_policy import policy as oslo

from api.http import Route
from models.errors import Forbidden
from models.values import Caller

LOG = logging.getLogger(__name__)
ADMIN, SYSTEM_READER = "context_is_admin", "system_reader"
_IS_ADMIN = f"rule:{ADMIN}"
_WHO = {ADMIN: "role:admin", SYSTEM_READER: "role:reader and system_scope:all"}
_READ = ("GET", "HEAD")
_READERS = f"role:reader or role:member or {_IS_ADMIN}"
_MEMBERS = f"role:member or {_IS_ADMIN}"
# What Cinder has made of a GET that changes something.
_CHANGES = ("/associate", "/disassociate", "/disassociate_all")
# What rules may ask of a token, and of what is to be done.
_TOKEN = {"user_id", "user_domain_id", "project_id", "project_domain_id"}
_TOKEN |= {"domain_id", "system_scope", "is_admin_project", "role", "roles", "rule"}
_ELSEWHERE = {"http", "https"}
_TARGET = {"project_id", "tenant_id", "user_id"}
# A change of the file is seen after this.
_SECONDS = 5.0
_KEPT = 50_000
Rules = dict[str, Any]


class BadPolicy(ValueError):
    """The policy file is not there, or it does not say what somebody wanted to say."""


class Policy:
    """The rules in force: those of all routes by their names, and what an operator has put over.

    With ``system`` tokens of the whole system read. ``BadPolicy`` where the file is not one.
    """

    def __init__(
        self, policy_file: str, defaults: Mapping[str, str], *, system: bool = False
    ) -> None:
        conf = cfg.ConfigOpts()
        conf([], default_config_files=[], default_config_dirs=[])
        self._enforcer = oslo.Enforcer(conf, use_conf=False)
        self._file = Path(policy_file) if policy_file else None
        self._system = system
        every = {**_WHO, **defaults}
        self._defaults = {name: oslo.RuleDefault(name, text).check for name, text in every.items()}
        # None: it is for the object's owner to say.
        self._decided: dict[tuple[str, str, str, tuple[str, ...]], bool | None] = {}
        self._until = 0.0
        self._changed = self._stamp()
        self._put(self._read())

    def check(self, rule: str, caller: Caller) -> bool:
        """Return True if the caller may, False if that depends on the object, for ``judge``.

        ``Forbidden`` otherwise.
        """
        if time.monotonic() > self._until or len(self._decided) > _KEPT:
            self._look_again()
        key = (rule, caller.user_id, caller.project_id, caller.roles)
        try:
            allowed = self._decided[key]
        except KeyError:
            allowed = self._decided[key] = self._decide(rule, caller)
        if allowed is None:
            return False
        if not allowed:
            raise Forbidden(_refusal(rule))
        return True

    def judge(self, rule: str, caller: Caller, target: Mapping[str, str]) -> None:
        """Return if the caller may do it to the object of the target; ``Forbidden`` otherwise."""
        if not self._enforcer.enforce(rule, dict(target), credentials(caller)):
            raise Forbidden(_refusal(rule))

    def administers(self, caller: Caller) -> bool:
        """Tell whether the caller is an admin; or reads as one, where it is of no project."""
        if not caller.project_id:
            return self._reads_all(caller)
        return bool(self._enforcer.enforce(ADMIN, {}, credentials(caller)))

    def _decide(self, rule: str, caller: Caller) -> bool | None:
        if not caller.project_id:
            # As in all services: what is done is done in a project.
            return _reads(rule) and self._reads_all(caller)
        if _of_target(rule, self._enforcer.rules):
            return None
        return bool(self._enforcer.enforce(rule, {}, credentials(caller)))

    def _reads_all(self, caller: Caller) -> bool:
        if not self._system:
            return False
        return bool(self._enforcer.enforce(SYSTEM_READER, {}, credentials(caller)))

    # What the operator says.

    def _look_again(self) -> None:
        self._decided.clear()
        self._until = time.monotonic() + _SECONDS
        changed = self._stamp()
        if changed == self._changed:
            return
        self._changed = changed
        try:
            self._put(self._read())
        except BadPolicy as error:
            LOG.error("The policy stays as it was: %s", error)

    def _stamp(self) -> tuple[float, int]:
        try:
            found = self._file.stat() if self._file else None
        except OSError:
            found = None
        return (found.st_mtime, found.st_size) if found else (0.0, 0)

    def _read(self) -> dict[str, str]:
        if self._file is None:
            return {}
        try:
            given = oslo.parse_file_contents(self._file.read_text())
        except OSError as error:
            raise BadPolicy(f"{self._file}: {error.strerror}") from None
        except ValueError as error:
            raise BadPolicy(f"{self._file} is no YAML: {error}") from None
        if not isinstance(given, dict) or not all(
            isinstance(name, str) and isinstance(text, str) for name, text in given.items()
        ):
            raise BadPolicy(f"{self._file}: it is names of rules with a text for each")
        return given

    def _put(self, given: Mapping[str, str]) -> None:
        """Have these rules in force over the defaults; ``BadPolicy``, and nothing is changed."""
        rules: Rules = dict(self._defaults)
        for name, text in given.items():
            rules[name] = oslo.RuleDefault(name, text).check
            if "!" not in text and any(str(check) == "!" for check in _parts(rules[name])):
                raise BadPolicy(f"{self._file}: {name}: {text!r} cannot be read")
        named = set()
        for name in given:
            for check in _parts(rules[name]):
                self._judge_part(name, check, rules)
                if getattr(check, "kind", "") == "rule":
                    named.add(check.match)
        for name in given:
            if name not in self._defaults and name not in named:
                raise BadPolicy(f"{self._file}: no route has the rule {name}")
            if _circular(name, rules, ()):
                raise BadPolicy(f"{self._file}: {name} refers to itself")
        self._enforcer.set_rules(rules, overwrite=True, use_conf=False)

    def _judge_part(self, name: str, check: Any, rules: Rules) -> None:
        """Refuse what oslo.policy would take for a rule that nobody ever meets."""
        kind, match = getattr(check, "kind", None), str(getattr(check, "match", ""))
        if kind == "rule" and match not in rules:
            raise BadPolicy(f"{self._file}: {name}: there is no rule {match}")
        literal = kind is not None and (kind[:1] in "'\"" or kind in ("True", "False"))
        known = kind is None or literal or kind in _TOKEN | _ELSEWHERE
        if not known:
            raise BadPolicy(f"{self._file}: {name}: a token has no {kind}")
        if "%(" in match and match.partition("%(")[2].partition(")")[0] not in _TARGET:
            raise BadPolicy(f"{self._file}: {name}: nothing is known of an object for {match}")


def credentials(caller: Caller) -> dict[str, Any]:
    """Return what rules may ask of a caller."""
    return {
        **caller.credentials.values,
        "user_id": caller.user_id,
        "project_id": caller.project_id,
        "roles": list(caller.roles),
    }


def default(route: Route) -> str:
    """Return what is asked of the caller of a route, where an operator says nothing else."""
    if route.admin:
        return _IS_ADMIN
    return _READERS if route.method in _READ else _MEMBERS


def _reads(rule: str) -> bool:
    method, path = rule.split(":", 2)[1:]
    return method.upper() in _READ and not path.endswith(_CHANGES)


def _parts(check: Any) -> Iterator[Any]:
    """Give the checks that one is made of, itself the first."""
    yield check
    inner = [check.rule] if hasattr(check, "rule") else getattr(check, "rules", ())
    for part in inner:
        yield from _parts(part)


def _of_target(rule: str, rules: Rules) -> bool:
    """Tell whether a rule asks something of the object."""
    for check in _parts(rules[rule]):
        kind, match = getattr(check, "kind", ""), str(getattr(check, "match", ""))
        if "%(" in match or kind in _ELSEWHERE:
            return True
        if kind == "rule" and _of_target(match, rules):
            return True
    return False


def _circular(rule: str, rules: Rules, seen: tuple[str, ...]) -> bool:
    if rule in seen:
        return True
    return any(
        _circular(check.match, rules, (*seen, rule))
        for check in _parts(rules[rule])
        if getattr(check, "kind", "") == "rule"
    )


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
