"""The tree of failures; each carries the HTTP status it has at the border.

GatewayError 500
  BadRequest 400 · Unauthorized 401 · Forbidden 403 · NotFound 404 · NotAllowed 405
  NotAcceptable 406 · Conflict 409 · OverQuota 409 · Gone 410 · Outdated 412 · TooLarge 413
  OverLimit 413 · TooMany 429
  PodUnavailable 503 (retryable) · PodBusy 503 (retryable) · DatabaseUnavailable 503 (retryable)
  PodFailed 429, 500 (retryable) · PodFault - the pod's own status and body, passed on untouched

They are Temporal application errors, so that one raised in an activity keeps its type, its text
and whether a retry can help, and one raised in a workflow fails it instead of its task.
"""

from datetime import timedelta

from temporalio.exceptions import ApplicationError

# What is in use now is usually free in a moment: no growing pauses, as for a pod that is out.
_SOON = timedelta(seconds=2)

# By these not the pod speaks but what stands before it, which waited for too long.
_BEFORE_THE_POD = (502, 504)


class GatewayError(ApplicationError):
    """A request or an operation failed for a reason that a person can be told.

    ``kind`` is the error type that a client may branch on; the network API shows it as
    ``NeutronError.type``, so there it is Neutron's own word (``RouterInUse``). ``after`` is what a
    client is told of when to try again, as ``Retry-After`` spells it.
    """

    status = 500
    retryable = False
    kind = "GatewayError"
    after = ""

    def __init__(self, message: str, kind: str = "", retry_after: timedelta | None = None) -> None:
        self.kind = kind or type(self).kind
        super().__init__(
            message,
            self.status,
            type=self.kind,
            non_retryable=not self.retryable,
            next_retry_delay=retry_after,
        )


class BadRequest(GatewayError):
    """The request itself is wrong; sending it again cannot help."""

    status = 400
    kind = "BadRequest"


class Unauthorized(GatewayError):
    """There is no valid token."""

    status = 401
    kind = "Unauthorized"


class Forbidden(GatewayError):
    """Policy does not allow this caller to do this."""

    status = 403
    kind = "PolicyNotAuthorized"


class NotFound(GatewayError):
    """There is no such object, or none that this caller may know of."""

    status = 404
    kind = "NotFound"


class NotAllowed(GatewayError):
    """The resource exists but does not know this method."""

    status = 405
    kind = "HTTPMethodNotAllowed"


class NotAcceptable(GatewayError):
    """The microversion asked for is outside the advertised range."""

    status = 406
    kind = "NotAcceptable"


class Conflict(GatewayError):
    """The state of things forbids it: in use, duplicate, exhausted."""

    status = 409
    kind = "Conflict"


class Gone(GatewayError):
    """There was such a thing once."""

    status = 410
    kind = "Gone"


class OverQuota(Conflict):
    """A quota or a pool is used up."""

    kind = "OverQuota"


class Outdated(GatewayError):
    """The object has changed since the caller has seen it."""

    status = 412
    kind = "RevisionNumberConstraintFailed"

    def __init__(self, wanted: int, current: int) -> None:
        super().__init__(f"Constrained to {wanted}, but current revision is {current}")


class TooLarge(GatewayError):
    """The body is larger than the gateway accepts."""

    status = 413
    kind = "RequestTooLarge"


class OverLimit(GatewayError):
    """A quota is used up, as Cinder says it."""

    status = 413
    kind = "OverLimit"


class TooMany(GatewayError):
    """The client asks more at once than it is given."""

    status = 429
    kind = "TooManyRequests"

    def __init__(self, message: str, *, after: str) -> None:
        self.after = after
        super().__init__(message)


class PodUnavailable(GatewayError):
    """A pod could not be reached, or failed in a way that a retry may mend.

    ``answered`` is the status it answered, 0: none came. What it was asked for it may have done
    all the same, or still do, unless it was never ``asked``.
    """

    status = 503
    retryable = True
    kind = "PodUnavailable"

    def __init__(
        self, pod: str, reason: str, *, answered: int = 0, asked: bool = True, after: str = ""
    ) -> None:
        self.pod = pod
        self.reason = reason
        self.answered = answered
        self.asked = asked
        self.after = after
        soon = _SOON if answered == 409 else None
        super().__init__(self._told(), retry_after=soon)

    @property
    def over(self) -> bool:
        """Whether the pod does no more of what it was asked than it has done by now."""
        return not self.asked or bool(self.answered and self.answered not in _BEFORE_THE_POD)

    def _told(self) -> str:
        return f"Pod {self.pod} is not available: {self.reason}"


class PodFailed(PodUnavailable):
    """A pod says that it failed (500) or is asked too much (429): passed on as that."""

    def __init__(self, pod: str, status: int, body: bytes, message: str, after: str = "") -> None:
        self.status = status
        self.body = body
        super().__init__(pod, f"answered {status}: {message}", answered=status, after=after)

    def _told(self) -> str:
        return f"Pod {self.pod} {self.reason}"


class PodBusy(GatewayError):
    """Someone else is changing the same copy; the work is tried again shortly.

    Not ``soon``: after pauses that grow.
    """

    status = 503
    retryable = True
    kind = "PodBusy"

    def __init__(self, message: str, *, soon: bool = True) -> None:
        super().__init__(message, retry_after=_SOON if soon else None)


class DatabaseUnavailable(GatewayError):
    """The database does not answer, or had to undo this for somebody else."""

    status = 503
    retryable = True
    kind = "DatabaseUnavailable"
    after = "1"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The database is not available: {reason}", retry_after=_SOON)


class PodFault(GatewayError):
    """A pod judged and refused; its status and body are passed on untouched."""

    def __init__(
        self,
        pod: str,
        status: int,
        body: bytes,
        message: str,
        kind: str = "",
        after: str = "",
    ) -> None:
        self.pod = pod
        self.status = status
        self.body = body
        self.after = after
        super().__init__(f"Pod {pod} refused ({status}): {message}", kind or "PodFault")
