"""Quotas: limits set at the top, what is reserved, and the last figures of each pod."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Float,
    Index,
    Integer,
    String,
    UniqueConstraint,
)

from models.database.record import Field, Record, column
from models.database.tables.base import now


class QuotaLimit(
    Record,
    table="quota_limits",
    parts=(UniqueConstraint("service", "project_id", "user_id", "resource"),),
):
    """A limit that was set for a project, or for a user of it."""

    id: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    service: Field[str] = column(String(16))
    project_id: Field[str] = column(String(255))
    # Empty for the limit of the whole project.
    user_id: Field[str] = column(String(64), default="")
    resource: Field[str] = column(String(255))
    hard_limit: Field[int] = column(Integer())


class QuotaClass(
    Record, table="quota_classes", parts=(UniqueConstraint("service", "class_name", "resource"),)
):
    """A limit of a quota class."""

    id: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    service: Field[str] = column(String(16))
    class_name: Field[str] = column(String(255))
    resource: Field[str] = column(String(255))
    hard_limit: Field[int] = column(Integer())


class QuotaReservation(
    Record,
    table="quota_reservations",
    parts=(Index("ix_quota_reservations_project", "service", "project_id"),),
):
    """Room that is held for what is being made."""

    id: Field[str] = column(String(36), primary_key=True)
    service: Field[str] = column(String(16))
    project_id: Field[str] = column(String(64))
    user_id: Field[str] = column(String(64))
    amounts: Field[Any] = column(JSON())
    # After it the reservation counts no more: its process died, or the pod counts the object.
    expires: Field[float] = column(Float())


class QuotaFigure(
    Record, table="quota_figures", parts=(UniqueConstraint("pod_id", "service", "question"),)
):
    """What a pod said last about a project, or about its defaults.

    A pod that cannot answer is not taken for an empty one.
    """

    id: Field[int] = column(Integer(), primary_key=True, autoincrement=True)
    pod_id: Field[str] = column(String(36))
    service: Field[str] = column(String(16))
    question: Field[str] = column(String(255))
    figures: Field[Any] = column(JSON())
    seen_at: Field[datetime] = column(DateTime(), default=now)
    # How often it was heard, how often something was made in the pod, and how much of that was
    # before the question: what it counts for certain.
    answers: Field[int] = column(Integer(), default=0, server_default="0")
    growths: Field[int] = column(Integer(), default=0, server_default="0")
    seen: Field[int] = column(Integer(), default=0, server_default="0")


quota_limits = QuotaLimit.table
quota_classes = QuotaClass.table
quota_reservations = QuotaReservation.table
quota_figures = QuotaFigure.table
