"""What every list of the Admin API looks like."""

from urllib.parse import urlencode

from api.http import Answer, Call
from models.admin.listing import RowPage


def listed(call: Call, collection: str, page: RowPage) -> Answer:
    """Return the list, with a link to the next page where there is one."""
    body: dict[str, object] = {collection: page.rows}
    if page.marker:
        kept = [pair for pair in call.params if pair[0] != "marker"]
        query = urlencode([*kept, ("marker", page.marker)])
        href = f"{call.base.rstrip('/')}/v1.0{call.path}?{query}"
        body[f"{collection}_links"] = [{"rel": "next", "href": href}]
    return Answer(body=body)
