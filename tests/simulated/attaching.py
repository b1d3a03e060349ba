"""An attachment with a socket pair in the place of its device, and a clock that a test sets."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.net.simulated.attachment import Attachment
from app.net.simulated.internet import Internet
from app.net.simulated.reading import read_scenario
from app.net.simulated.truth import TruthLog

BEGAN = 5_000_000_000_000
#: How far the wall clock is ahead of the attachment's in these tests.
AHEAD = 7


class Host:
    """The host's side: sends into the simulation and receives what comes back when the clock shows its moment."""

    def __init__(self, scenario: Path) -> None:
        self.moment = BEGAN
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ours.setblocking(False)
        theirs.setblocking(False)
        self._theirs = theirs
        self.log = TruthLog(lambda: AHEAD)
        self.attachment = Attachment(
            Internet(read_scenario(scenario), "1"), theirs.fileno(), tell=self.log.tell, now=lambda: self.moment
        )

    def send(self, *packets: bytes) -> int:
        """Have packets taken in; the moment when the next answer is due."""
        due = 0
        for data in packets:
            self._ours.send(data)
            due = self.attachment.turn()
        return due

    def receive(self, at: int) -> list[bytes]:
        """What has come back when the clock shows so many nanoseconds after the beginning."""
        self.moment = BEGAN + at
        self.attachment.turn()
        packets = []
        try:
            while True:
                packets.append(self._ours.recv(65_535))
        except BlockingIOError:
            return packets

    def truth(self) -> list[dict[str, Any]]:
        """What was logged since this was asked last."""
        return [json.loads(line) for line in self.log.take()]

    def close(self) -> None:
        """End it."""
        self.attachment.close()
        self._ours.close()
        self._theirs.close()


@contextmanager
def attached(tmp_path: Path, text: str) -> Iterator[Host]:
    """A host before a scenario."""
    path = tmp_path / "test.toml"
    path.write_text(text, encoding="utf-8")
    host = Host(path)
    try:
        yield host
    finally:
        host.close()
