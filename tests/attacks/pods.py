"""What a broken or hostile pod answers: too much, and what contradicts itself."""

from __future__ import annotations

from tests.support.client import User, until
from tests.support.stack import Stack

# What a client hears of each, and in which words.
FORMS = {
    "huge": (503, "max_pod_answer_bytes"),
    "long_head": (503, "headers of its answer exceed"),
    "long_trailers": (503, "headers of its answer exceed"),
    "garbage": (503, "no HTTP"),
    "half": (503, "in the middle"),
    "trailers": (200, ""),
}


def held(stack: Stack, form: str) -> bool:
    """Whether the gateway holds a pod's answer in the form, and the next one is as usual."""
    user: User = stack.tenant()
    made = user.volume.make("/volumes", size=1, name="held", availability_zone="az1")
    path = f"/volumes/{made['id']}"
    until(lambda: user.volume.get(path)["status"] == "available", "it is there")
    status, words = FORMS[form]
    show = {"region": "Pod1", "service": "volume", "method": "GET", "path": f"{path}$", "times": 1}
    with stack.simulator.fault(form, **show):
        answer = user.volume("GET", path)
    heard = answer.status == status and words in answer.message
    heard = heard and not {"retry-after", "location"} & set(answer.headers)
    return heard and user.volume("GET", path).status == 200
