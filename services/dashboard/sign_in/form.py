"""What a form sends."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from services.httpapi.document import expect_media_type

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 20


async def read_form(request: Request) -> Mapping[str, str]:
    """A form's fields. One that is there twice is as it was written last."""
    expect_media_type(request, FORM)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}
