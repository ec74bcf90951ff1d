"""Objects that are being made in a pod at this moment, and the ports that servers hold."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, String, Table

from models.database.tables.base import METADATA, now

# A row is there from before the pod is asked until the answer has its routing. One that nobody
# holds any more may stand for an object whose id never came back.
creations = Table(
    "creations",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("type", String(32), nullable=False),
    Column("pod_id", String(36), ForeignKey("pods.pod_id"), nullable=False),
    Column("project_id", String(64), nullable=False),
    Column("name", String(255)),
    Column("created_at", DateTime, nullable=False, default=now),
)

server_ports = Table(
    "server_ports",
    METADATA,
    Column("port_id", String(36), primary_key=True),
    # The server, or the creation that is to become one.
    Column("server_id", String(36), nullable=False, index=True),
    # Made by the gateway for this server: it goes with it. Others are only let go.
    Column("made", Boolean, nullable=False),
)
