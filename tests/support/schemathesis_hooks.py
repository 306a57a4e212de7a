"""What schemathesis must be told of a population: it is sent and read as text, and any text is one."""

from typing import Any

import schemathesis

MEDIA_TYPE = "application/x-ndjson"


@schemathesis.serializer(MEDIA_TYPE)
def lines(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


@schemathesis.deserializer(MEDIA_TYPE)
def text(_context: schemathesis.DeserializationContext, response: schemathesis.Response) -> str:
    return response.content.decode("utf-8")


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    # a list written as text would be sent as no list, and taken
    return case.media_type != MEDIA_TYPE or isinstance(case.body, str)
