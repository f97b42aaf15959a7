"""Reads an mbox with Python's own mailbox and email, as a script that wants what an import wants would: people, subject, date, ids and every
text part, decoded. It keeps nothing, sorts nothing into conversations and writes nothing: the measure beside ours."""
import json
import mailbox
import sys
import time
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime


def header(message, name):
    value = str(message.get(name, ""))
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, UnicodeError, ValueError):
        return value


def date_of(message):
    try:
        return parsedate_to_datetime(str(message.get("Date", "")))
    except (TypeError, ValueError, IndexError):
        return None


def text_of(part):
    data = part.get_payload(decode=True) or b""
    try:
        return data.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, UnicodeError):
        return data.decode("latin-1")


began = time.perf_counter()
count = characters = dated = ids = people = 0
for message in mailbox.mbox(sys.argv[1], create=False):
    people += len(getaddresses([header(message, name) for name in ("From", "To", "Cc", "Reply-To")]))
    header(message, "Subject")
    dated += date_of(message) is not None
    ids += len(" ".join(str(message.get(name, "")) for name in ("Message-ID", "In-Reply-To", "References")).split())
    texts = (part for part in message.walk() if part.get_content_maintype() == "text")
    characters += sum(len(text_of(part)) for part in texts)
    count += 1
seconds = time.perf_counter() - began
print(json.dumps({"messages": count, "seconds": seconds, "characters": characters, "dated": dated, "ids": ids, "people": people}))
