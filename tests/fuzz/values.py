"""Values that a client might send: right ones, nearly right ones, and others."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from typing import Any

_TEXTS = (
    "", " ", "a-name", "x" * 256, "x" * 70_000, "ünïcode ☃ 🦄", "\x00", "a\nb", "null", "true",
    "-1", "0", "1e400", "../../etc/passwd", "%00", "'; DROP TABLE pods; --", "<script>", "*",
    "10.0.0.0/24", "10.0.0.5", "fd00::/64", "::1", "999.1.2.3/99", "fa:16:3e:00:00:01", "az1",
    "az2", "Pod1", "az-nowhere", "2026-01-01T00:00:00Z", "2026-13-45", "latest", "auto", "none",
    "tcp", "ingress", "IPv4", "default", "\ud83d",
)  # fmt: skip
_NUMBERS = (0, 1, 2, -1, 4, 6, 22, 64, 1500, 65_536, 2**31, 2**63, 2**64, -(2**63), 10**400, 1.5)
_SEGMENTS = (
    "detail", "action", "%00", "%2F", "%ff", "%F0%9F%A6%84", "..", "x" * 300, "-1", "0", "null",
    "a%20b", "99999999999999999999", "%252F", "a;b", "*", "+", "{id}",
)  # fmt: skip


class Values:
    """A source of values; what the gateway has made so far is in ``pool`` by its collection."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.pool: dict[str, list[str]] = {}

    def learn(self, body: Any) -> None:
        """Remember the ids in an answer."""
        if not isinstance(body, dict):
            return
        for key, value in body.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    id_ = item.get("id", item.get("pod_id", item.get("name")))
                    if isinstance(id_, str | int):
                        self._keep(key if key.endswith("s") else f"{key}s", str(id_))

    def forget(self, path: str) -> None:
        """Ask no more for what a path led to: it is not there, or is no more."""
        parts = path.partition("?")[0].split("/")
        for known in self.pool.values():
            if len(known) > 1 and any(id_ in parts for id_ in known):
                known[:] = [id_ for id_ in known if id_ not in parts] or known[:1]

    def _keep(self, noun: str, id_: str) -> None:
        known = self.pool.setdefault(noun, [])
        if id_ not in known:
            known.append(id_)
            # Old ones are mostly gone; the first few are those that the run began with.
            if len(known) > 40:
                del known[8]

    def chance(self, share: float) -> bool:
        """Whether something that happens so often happens now."""
        return self.random.random() < share

    def one(self, values: Sequence[Any]) -> Any:
        """Any of them."""
        return self.random.choice(values)

    def id(self, noun: str = "") -> str:
        """An id: of the noun, of something else, of nothing."""
        known = self.pool.get(noun)
        if known and self.chance(0.9):
            return str(self.one(known))
        if self.chance(0.5) and self.pool:
            return str(self.one(self.pool[self.one(sorted(self.pool))]))
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def segment(self, noun: str) -> str:
        """What stands in a path for an argument."""
        return self.id(noun) if self.chance(0.92) else str(self.one(_SEGMENTS))

    def text(self) -> str:
        """A string."""
        return self.id() if self.chance(0.15) else str(self.one(_TEXTS))

    def scalar(self) -> Any:
        """Anything that is no structure."""
        kind = self.random.randrange(8)
        if kind < 4:
            return self.text()
        return self.one(_NUMBERS) if kind < 6 else self.one((None, True, False))

    def anything(self, depth: int = 3) -> Any:
        """Any JSON."""
        kind = self.random.randrange(10)
        if kind < 6 or not depth:
            return self.scalar()
        if kind < 8:
            return [self.anything(depth - 1) for _ in range(self.random.randrange(4))]
        return {
            self.text()[:40]: self.anything(depth - 1) for _ in range(self.random.randrange(4))
        }

    def like(self, sample: Any) -> Any:
        """The sample, or something a little different, or something else altogether."""
        if self.chance(0.06):
            return self.anything()
        if isinstance(sample, dict):
            made = {key: self.like(value) for key, value in sample.items() if self.chance(0.93)}
            if self.chance(0.04):
                made[self.text()[:40]] = self.anything()
            return made
        if isinstance(sample, list):
            return [self.like(item) for item in sample for _ in range(self.one((1, 1, 1, 0, 2)))]
        if isinstance(sample, str) and sample.startswith("<"):
            return self.id(sample[1:-1])
        return sample
