"""Let no process of the tests reach a network: Python loads this before anything else.

Only sockets of the internet count; those within the machine are how processes
of one program talk. Each attempt is written down, in case the program hides
the error.
"""

import os
import sys
from pathlib import Path

FAMILIES = (2, 10, 30)  # AF_INET, and AF_INET6 on Linux and macOS


def refuse(event: str, given: tuple[object, ...]) -> None:
    """Refuse connections and look-ups of names."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        reached = getattr(given[0], "family", None) in FAMILIES
    else:
        reached = event in ("socket.getaddrinfo", "socket.gethostbyname")
    if reached:
        place = os.environ.get("OFFLINE_RECORD")
        if place:
            with Path(place).open("a") as record:
                record.write(f"{event} {given[1:]} by {sys.argv}\n")
        raise PermissionError(f"{event} {given[1:]}: tests use no network")


if __name__ == "sitecustomize":  # and not where a test imports it
    sys.addaudithook(refuse)
