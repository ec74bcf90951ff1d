"""What was asked and what was answered, by all tenants together."""

from __future__ import annotations

import re
import threading
from collections import Counter

from tests.support.client import Answer

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_OWN = "x-openstack-request-id"


class Ledger:
    """Counts answers, and keeps those that no user should get."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()
        self.answers: Counter[tuple[str, str]] = Counter()
        self.bad: list[str] = []

    def note(self, method: str, path: str, answer: Answer) -> None:
        """An answer came."""
        told = f"{method} {_ID.sub('*', path)}"
        by = "" if _OWN in answer.headers else " of the front"
        with self._lock:
            self.calls[f"{answer.status}{by}"] += 1
            if answer.status >= 400:
                self.answers[told, f"{answer.status}{by} {answer.message}"] += 1
            reason = answer.status == 503 and len(answer.message) > len("None")
            if answer.status >= 500 and not reason:
                self.bad.append(f"{told}: {answer.status} {answer.body!r}"[:400])

    def broken(self, method: str, path: str, error: Exception) -> None:
        """The connection ended without an answer."""
        with self._lock:
            self.calls["no answer"] += 1
            self.bad.append(f"{method} {_ID.sub('*', path)}: no answer: {error!r}")
