"""A recording that begins while the program runs: first what the packet logs still hold, then what comes.

Probes are stamped in the log when they are handed over, and again when the kernel tells when they left; a
probe waits a second for that before it is written. What was not sent is no packet. The end waits for the
newest probes' stamps as well, for as long as it takes an engine to read them.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.engine.datagram import Clock, Direction
from app.engine.packetlog import Packet, PacketLog
from app.net.recording import captured, recording_writer
from app.net.wholefile import WholeFile
from app.packet.capture.writer import PcapngWriter

#: How long a probe waits for the kernel's stamp, and how often the logs are looked at.
PATIENCE = 1_000_000_000
_PACE = 0.1
#: How long the end waits: an engine reads what the kernel tells 20 times a second at least; and how often it looks.
_GRACE = 200_000_000
_GLANCE = 0.01
_NOT_SENT = "not sent:"


@dataclass(slots=True)
class _Reading:
    """How far a log was read, and how long ago it was how long."""

    log: PacketLog
    next: int = 1
    settled: int = 0  #: packets up to this one are as well stamped as they will ever be
    end: int | None = None  #: the last packet to write, once the end is near
    marks: deque[tuple[int, int]] = field(default_factory=deque)  # when, and the log's last packet then

    @property
    def last(self) -> int:
        """The newest packet that is to be written."""
        return self.log.last if self.end is None else self.end

    def settle(self, now: int) -> None:
        self.marks.append((now, self.log.last))
        while self.marks and self.marks[0][0] <= now - PATIENCE:
            self.settled = self.marks.popleft()[1]

    def is_ripe(self, packet: Packet) -> bool:
        """Whether no better stamp is to be waited for."""
        waits = packet.direction is Direction.OUT and packet.clock is Clock.USER
        return not waits or packet.number <= self.settled or packet.text.startswith(_NOT_SENT)


class LogRecording:
    """Writes packet logs into a file. `add`, `start` and `close` belong to one thread, the rest to its own."""

    def __init__(self, logs: Iterable[PacketLog], path: Path) -> None:
        self.path = path
        self.count = 0  #: packets written
        self.missed = 0  #: packets that fell out of a log before they were written
        self.failure: str | None = None  #: why it ended before its time, as a sentence
        self._file = WholeFile(path, "w")
        self._writer = recording_writer(path, self._file)
        self._readings = [_Reading(log) for log in logs]
        self._names: Mapping[str, str] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)

    def add(self, log: PacketLog) -> None:
        """From now on write the packets of this log as well; a log that is known already changes nothing."""
        if all(reading.log is not log for reading in self._readings):
            self._readings.append(_Reading(log))

    def start(self) -> None:
        """Write from now on, in a thread."""
        self._thread.start()

    def close(self, names: Mapping[str, str] | None = None) -> None:
        """Write what is left, and the names of addresses where the format has room for them, and wait for that."""
        self._names = names or {}
        for reading in self._readings:
            reading.end = reading.log.last
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()
        else:
            self._end()

    def update(self, now: int) -> None:
        """Write what is ripe at a moment of the monotonic clock. Never raises: `failure` says what went wrong."""
        for reading in self._readings:
            reading.settle(now)
        self._write([packet for reading in self._readings for packet in self._ripe(reading)])

    def _ripe(self, reading: _Reading) -> list[Packet]:
        """The packets from where a log was left to the first that waits for its stamp."""
        last, ripe = reading.last, []
        first = max(reading.next, reading.log.first)
        self.missed += first - reading.next
        reading.next = first
        for packet in reading.log.since(first):
            if packet.number > last or not reading.is_ripe(packet):
                break
            reading.next = packet.number + 1
            ripe.append(packet)
        return ripe

    def _write(self, packets: list[Packet]) -> None:
        packets.sort(key=lambda packet: packet.at)
        try:
            for packet in packets:
                if self.failure is None and not packet.text.startswith(_NOT_SENT):
                    self._writer.write(captured(packet))
                    self.count += 1
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.failure = f"the recording ends here: {error.strerror or error}"

    def _work(self) -> None:
        while self.failure is None and not self._ending.wait(_PACE):
            self.update(time.monotonic_ns())
        self._wait_for_stamps()
        self._end()

    def _wait_for_stamps(self) -> None:
        until = time.monotonic_ns() + _GRACE
        while self.failure is None and (now := time.monotonic_ns()) < until:
            self.update(now)
            if all(reading.next > reading.last for reading in self._readings):
                return
            time.sleep(_GLANCE)

    def _end(self) -> None:
        if self._file.closed:
            return
        for reading in self._readings:
            reading.settled = reading.log.last
        self._write([packet for reading in self._readings for packet in self._ripe(reading)])
        with self._file:
            try:
                if self._names and isinstance(self._writer, PcapngWriter):
                    self._writer.write_names(self._names)
                self._writer.finish()
            except OSError as error:
                self._fail(error)


def start_recording(logs: Iterable[PacketLog], path: Path) -> LogRecording:
    """Begin to record, in place of what the file held before. Raises OSError where it cannot be written."""
    recording = LogRecording(logs, path)
    recording.start()
    return recording
