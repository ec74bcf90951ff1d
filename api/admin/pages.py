"""What every list of the Admin API looks like."""

from api.http import Answer, Call
from api.links import next_page
from models.admin.listing import RowPage


def listed(call: Call, collection: str, page: RowPage) -> Answer:
    """Return the list, with a link to the next page where there is one."""
    body: dict[str, object] = {collection: page.rows}
    if page.marker:
        body[f"{collection}_links"] = next_page(call, page.marker)
    return Answer(body=body)
