"""AsUser: calls to pods with a user's own token, as the user would make them there."""

from collections.abc import Callable
from dataclasses import dataclass

from activities.pods.region import PodAnswer, Regions
from activities.pods.versions import Version
from models.quotas.figures import Asker
from models.values import Caller, Pod


@dataclass(slots=True)
class AsUser:
    """One user's door to the pods' API of one service.

    ``headers`` gives those of a call in a version, None: in the one that the user asked for.
    ``prefix`` is what the paths of the service begin with, where the user's own did.
    """

    regions: Regions
    caller: Caller
    service: str
    headers: Callable[[Version | None], dict[str, str]]
    prefix: str = ""

    async def send(
        self,
        pod: Pod,
        method: str,
        path: str,
        body: bytes | None = None,
        version: Version | None = None,
    ) -> PodAnswer:
        """Return what the pod answers; ``PodUnavailable`` where it says that it is not able to."""
        answer = await self.regions.forward(
            pod, self.service, method, self.prefix + path, headers=self.headers(version), body=body
        )
        return answer.judged(method)

    def asker(self, version: Version) -> Asker:
        """Return on whose behalf pods are asked for quotas, in a version that tells them all."""
        return Asker(self.service, self.headers(version), self.prefix)
