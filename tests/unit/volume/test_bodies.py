"""What Cinder takes in a body, and what it does not, a few of each kind."""

from __future__ import annotations

from typing import Any

import pytest

from models.bodies import Judge
from models.errors import BadRequest
from models.volume import bodies

ID = "0f0c6a3e-6a3b-4c65-9d1f-1d4f0f5f3a11"


def _volume(**given: Any) -> dict[str, Any]:
    return {"volume": {"size": 1, **given}}


def _snapshot(**given: Any) -> dict[str, Any]:
    return {"snapshot": {"volume_id": ID, **given}}


TAKEN: list[tuple[Judge, Any]] = [
    (bodies.volume((3, 0)), _volume(red=1, size="7")),
    (bodies.volume((3, 0)), {"volume": {}, "OS-SCH-HNT:scheduler_hints": None}),
    (bodies.volume((3, 71)), _volume(snapshot_id=ID.upper(), multiattach="y", metadata=None)),
    (bodies.SNAPSHOT, _snapshot(volume_id=None, force="t")),
    (bodies.TYPE_CHANGE, {"volume_type": {"name": None}}),
    (bodies.QOS_SPECS, {"qos_specs": {"name": " q ", "x": "y"}}),
    (bodies.DEFAULT_TYPE, {}),
    (bodies.RESTORE, {"restore": None}),
    (bodies.ENCRYPTION, {"encryption": {"provider": "", "control_location": "back-end"}}),
    (bodies.GROUP_CHANGE, {"group": {"name": None}}),
    (bodies.SERVICES["disable"], {"service": "cinder-volume", "host": None}),
    (bodies.QUOTA_CLASS_SET, {"quota_class_set": {}}),
]
REFUSED: list[tuple[Judge, Any]] = [
    (bodies.volume((3, 71)), _volume(red=1)),
    (bodies.volume((3, 0)), _volume(size=1.0)),
    (bodies.volume((3, 0)), _volume(snapshot_id="x")),
    (bodies.volume((3, 0)), _volume(name="x" * 256)),
    (bodies.volume((3, 0)), _volume(availability_zone="")),
    (bodies.SNAPSHOT, _snapshot(volume_id="x")),
    (bodies.SNAPSHOT, _snapshot(force=1)),
    (bodies.SNAPSHOT, _snapshot(description="a\nb")),
    (bodies.TYPE, {"volume_type": {"name": " "}}),
    (bodies.TYPE_CHANGE, {"volume_type": {"is_public": None}}),
    (bodies.QOS_KEYS, {"keys": ["x", "x"]}),
    (bodies.GROUP, {"group": {"group_type": "", "volume_types": ["x"]}}),
    (bodies.GROUP, {"group": {"group_type": "t", "volume_types": []}}),
    (bodies.GROUP_COPY, {"create-from-src": {"name": "x"}}),
    (bodies.backup((3, 0)), {"backup": {"volume_id": ID, "metadata": {}}}),
    (bodies.attachment((3, 27)), {"attachment": {"volume_uuid": "x"}}),
    (bodies.SERVICES["disable"], {"host": "h"}),
    (bodies.SERVICES["disable-log-reason"], {"binary": "b", "disabled_reason": " "}),
    (bodies.ENCRYPTION_CHANGE, {"encryption": {"key_size": "2147483648"}}),
    (bodies.QUOTA_SET, {"quota_set": {}}),
]


@pytest.mark.parametrize(("judge", "body"), TAKEN)
def test_what_cinder_takes(judge: Judge, body: Any) -> None:
    judge(body, "body")


@pytest.mark.parametrize(("judge", "body"), REFUSED)
def test_what_cinder_refuses(judge: Judge, body: Any) -> None:
    with pytest.raises(BadRequest):
        judge(body, "body")
