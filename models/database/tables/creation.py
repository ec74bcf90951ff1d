"""Objects that are being made in a pod at this moment, and the ports that servers hold."""

from datetime import datetime

from sqlalchemy import Boolean, DateTime, ForeignKey, String

from models.database.record import Field, Record, column
from models.database.tables.base import now


class Creation(Record, table="creations"):
    """What a pod is being asked to make.

    The row is there from before the pod is asked until the answer has its routing. One that nobody
    holds any more may stand for an object whose id never came back, or that is only to come.
    """

    id: Field[str] = column(String(36), primary_key=True)
    type: Field[str] = column(String(32))
    pod_id: Field[str] = column(String(36), ForeignKey("pods.pod_id"))
    project_id: Field[str] = column(String(64))
    name: Field[str | None] = column(String(255), null=True)
    created_at: Field[datetime] = column(DateTime(), default=now)
    # The object carries this creation's id: by nothing else is it known for certain.
    marked: Field[bool] = column(Boolean(), default=False)
    # Until then the pod may still make it; None: somebody is at it.
    until: Field[datetime | None] = column(DateTime(), null=True)
    # What the pod was found to have made, which is to go.
    made_id: Field[str | None] = column(String(36), null=True)


class ServerPort(Record, table="server_ports"):
    """A port that a server holds."""

    port_id: Field[str] = column(String(36), primary_key=True)
    # The server, or the creation that is to become one.
    server_id: Field[str] = column(String(36), index=True)
    # Made by the gateway for this server: it goes with it. Others are only let go.
    made: Field[bool] = column(Boolean())


creations = Creation.table
server_ports = ServerPort.table
