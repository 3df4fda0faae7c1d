"""How schemathesis sends bodies that are not JSON."""

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/hl7-v2", "x-application/hl7-v2+er7")
def as_text(_: object, value: object) -> bytes:
    """Text as it is, whatever it is."""
    return str(value).encode("utf-8", "replace")
