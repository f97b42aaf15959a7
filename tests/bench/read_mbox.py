"""Reads an mbox with Python's own mailbox and email, as a script that wants headers and text would: the measure beside ours."""
import json
import mailbox
import sys
import time
from email.utils import parseaddr, parsedate_to_datetime


def text_of(message):
    part = next((p for p in message.walk() if p.get_content_type() in ("text/plain", "text/html")), None)
    data = part.get_payload(decode=True) if part is not None else b""
    try:
        return (data or b"").decode(part.get_content_charset("utf-8") if part is not None else "utf-8", "replace")
    except LookupError:
        return data.decode("latin-1")


began = time.perf_counter()
count = size = 0
for message in mailbox.mbox(sys.argv[1]):
    parseaddr(str(message.get("From", "")))
    str(message.get("Subject", ""))
    try:
        parsedate_to_datetime(str(message.get("Date", "")))
    except (TypeError, ValueError):
        pass
    size += len(text_of(message))
    count += 1
print(json.dumps({"messages": count, "seconds": time.perf_counter() - began, "characters": size}))
