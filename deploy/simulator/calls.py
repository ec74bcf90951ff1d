"""The log of requests, so that a test can tell what was asked of a region and how."""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count

from deploy.simulator.http import Json, Request

_ROUTER = re.compile(r"/routers/([0-9a-f-]{36})(?:/|$)")
_KEPT = 50_000


@dataclass(slots=True)
class Record:
    """One request. Bodies and tokens are never kept."""

    seq: int
    region: str
    service: str
    method: str
    path: str
    query: str
    started: float
    global_request_id: str
    router: str | None
    ended: float | None = None
    status: int | None = None
    user: str | None = None
    project: str | None = None
    # Other changing calls on the same router that were under way at the same time.
    overlap: int = 0

    def document(self) -> Json:
        """The record as the control API shows it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class CallLog:
    """The last requests, and those that are under way."""

    records: deque[Record] = field(default_factory=lambda: deque(maxlen=_KEPT))
    busy: dict[tuple[str, str], list[Record]] = field(default_factory=dict)
    _seq: count[int] = field(default_factory=lambda: count(1))

    def begin(self, region: str, service: str, request: Request, query: str) -> Record:
        """Note that a request has arrived."""
        router = None
        if request.method in ("PUT", "DELETE"):
            match = _ROUTER.search(request.path)
            router = match[1] if match else None
        record = Record(
            seq=next(self._seq),
            region=region,
            service=service,
            method=request.method,
            path=request.path,
            query=query,
            started=time.time(),
            global_request_id=request.headers.get("x-openstack-request-id", ""),
            router=router,
        )
        self.records.append(record)
        if router:
            others = self.busy.setdefault((region, router), [])
            record.overlap = len(others)
            for other in others:
                other.overlap += 1
            others.append(record)
        return record

    def end(self, record: Record, status: int | None) -> None:
        """Note that a request was answered, or cut off when there is no status."""
        record.ended, record.status = time.time(), status
        if record.router:
            others = self.busy.get((record.region, record.router), [])
            if record in others:
                others.remove(record)
            if not others:
                self.busy.pop((record.region, record.router), None)

    def clear(self) -> None:
        """Forget what is over."""
        self.records.clear()
