"""Answers the page: one `ipc://command?key=value` message per line, both ways."""
import json
import sys
from urllib.parse import parse_qs, quote, urlsplit


def send(command, **params):
    """Write one message to the page or its window."""
    query = "&".join(f"{key}={quote(str(value), safe='')}" for key, value in params.items())
    print(f"ipc://{command}?{query}", flush=True)


def greet(name):
    """Answer a greeting, and put the name in the title bar."""
    reply = {"text": f"Hello {name}, this is Python {sys.version.split()[0]}"}
    send("setTitle", value=f"Hello, {name}")
    send("send", index=0, event="greeting", value=json.dumps(reply))


for line in sys.stdin:
    query = parse_qs(urlsplit(line.strip()).query)
    event, value = query.get("event", [""])[0], query.get("value", ["null"])[0]
    while isinstance(value, str):
        value = json.loads(value)
    if event == "greet":
        greet(value["name"])
    elif event == "quit":
        sys.exit(value["code"])
