"""What a form sends."""

from collections.abc import Mapping
from email.parser import BytesFeedParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import Request

from services.dashboard.sign_in.refusals import FormUnclear
from services.httpapi.strict.document import MediaTypeUnsupported, expect_media_type

FORM, WITH_FILE = "application/x-www-form-urlencoded", "multipart/form-data"
MOST_FIELDS = 20
TWICE = "Et felt er sendt to ganger. Gå tilbake, last siden på nytt, og prøv igjen."


async def read_form(request: Request) -> Mapping[str, str]:
    """A form's fields. Refuses `FormUnclear` where one is there twice."""
    expect_media_type(request, FORM)
    body = (await request.body()).decode("utf-8", "replace")
    try:
        sent = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    fields = dict(sent)
    if len(fields) != len(sent):
        raise FormUnclear(TWICE)
    return fields


async def read_form_with_file(request: Request) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """A form's fields, and the files it carries by the fields they stand in (RFC 7578). A field that was left empty is
    no file; names of files are not looked at. Refuses `FormUnclear` where a field is there twice."""
    declared = request.headers.getlist("content-type")
    if len(declared) != 1 or declared[0].partition(";")[0].strip().lower() != WITH_FILE or not declared[0].isascii():
        raise MediaTypeUnsupported(f"Send {WITH_FILE}.", accepted=[WITH_FILE])
    parser = BytesFeedParser(policy=HTTP)
    parser.feed(b"Content-Type: " + declared[0].encode("ascii", "replace") + b"\r\n\r\n")
    parser.feed(await request.body())
    fields, files = dict[str, str](), dict[str, bytes]()
    message = parser.close()
    for part in message.walk() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes) or len(fields) + len(files) >= MOST_FIELDS:
            continue
        if name in fields or name in files:
            raise FormUnclear(TWICE)
        if part.get_filename() is None:
            fields[name] = content.decode("utf-8", "replace")
        elif content:
            files[name] = content
    return fields, files
