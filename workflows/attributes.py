"""Search attributes by which operators find executions in the Web UI."""

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

PROJECT = SearchAttributeKey.for_keyword("Project")
ROUTER = SearchAttributeKey.for_keyword("Router")
POD = SearchAttributeKey.for_keyword_list("Pod")
REQUEST = SearchAttributeKey.for_keyword("RequestId")
NAMES = {"Project": "keyword", "Router": "keyword", "RequestId": "keyword", "Pod": "keyword_list"}


def attributes(project: str, router: str, request: str) -> TypedSearchAttributes:
    """Return the attributes of an execution; empty ones are left out."""
    pairs = ((PROJECT, project), (ROUTER, router), (REQUEST, request))
    return TypedSearchAttributes([SearchAttributePair(k, v) for k, v in pairs if v])
