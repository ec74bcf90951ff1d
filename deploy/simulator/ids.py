"""Identifiers and times in the spellings OpenStack uses."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime


def new_id() -> str:
    """A UUID with dashes: Nova, Neutron, Cinder and Glance objects."""
    return str(uuid.UUID(bytes=os.urandom(16), version=4))


def new_hex_id() -> str:
    """A UUID without dashes: Keystone objects."""
    return uuid.UUID(bytes=os.urandom(16), version=4).hex


def now() -> datetime:
    """The current time, aware."""
    return datetime.now(UTC)


def seconds(moment: datetime) -> str:
    """`2026-01-31T12:00:00Z`, as Nova and Neutron print it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def micros(moment: datetime) -> str:
    """`2026-01-31T12:00:00.123456`, as Cinder prints it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")
