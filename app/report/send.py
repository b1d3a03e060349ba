"""`hopscope send`: packets made by hand and what answered them, as lines for people or a document for machines."""

from collections.abc import Iterator, Sequence

from app.engine.command import Command
from app.engine.datagram import Departure, Event, Failure, Outgoing
from app.engine.machine import Machine
from app.engine.sending.machine import Reply, SendMachine, SendSnapshot, Sent
from app.engine.sending.shot import Shot
from app.engine.sending.wording import change_words, way_words
from app.engine.verdict import Meaning, Verdict
from app.engine.wording import duration
from app.packet.dissect import dissect
from app.packet.render import hex_lines, packet_document, summary_line, tree_lines
from app.packet.text import safe
from app.report.document import Document
from app.report.output import Output


def sent_document(sent: Sent) -> Document:
    """A packet that was sent."""
    changed = None if sent.changed is None else list(sent.changed)
    return {"at": sent.at, "hex": sent.data.hex(), "changed_by_kernel": changed}


def reply_document(reply: Reply, frame: int) -> Document:
    """A packet that answers, as decode prints it, and what it answers."""
    dissection = dissect(reply.data, reply.link)
    document: Document = packet_document(frame, reply.at, reply.length, reply.link.words, dissection)
    return document | {"interface": reply.interface, "answers": reply.number, "rtt_ns": reply.rtt}


def send_document(machine: SendMachine, link: str) -> Document:
    """All of it."""
    return {
        "sent": [sent_document(sent) for sent in machine.sent if sent.failure is None],
        "replies": [reply_document(reply, frame) for frame, reply in enumerate(machine.replies, 1)],
        "failed": [
            {"errno": sent.failure[0], "text": safe(sent.failure[1])}
            for sent in machine.sent
            if sent.failure is not None
        ],
        "link": link,
    }


def dry_document(shots: Sequence[Shot], count: int) -> Document:
    """The same of packets that are not sent."""
    sent = [
        {"at": None, "hex": shot.made(turn).hex(), "changed_by_kernel": list(shot.predicted)}
        for turn in range(count)
        for shot in shots
    ]
    failed = [{"errno": "EINVAL", "text": safe(shot.trouble)} for shot in shots if shot.trouble]
    return {"sent": sent, "replies": [], "failed": failed, "link": None}


def dry_lines(shots: Sequence[Shot]) -> Iterator[str]:
    """The fields and bytes of packets that are not sent, and what would become of them."""
    for shot in shots:
        yield from tree_lines(shot.packet.dissection)
        yield from hex_lines(shot.packet.data)
        yield f"{way_words(shot)}, {change_words(shot.predicted, 'would change')}"


class Telling(Machine[SendSnapshot]):
    """A SendMachine that tells what happens, a line each."""

    def __init__(self, machine: SendMachine, output: Output, *, is_verbose: bool) -> None:
        self._machine = machine
        self._output = output
        self._is_verbose = is_verbose
        self._told = 0

    def poll(self, now: int) -> Sequence[Outgoing]:
        """What is due; what cannot be sent at all is told."""
        before = len(self._machine.sent)
        batch = self._machine.poll(now)
        for sent in self._machine.sent[before:]:
            if sent.failure is not None:
                self._tell_failure(sent)
        return batch

    def receive(self, event: Event) -> Verdict:
        """Take an event, and tell of it."""
        replies = len(self._machine.replies)
        verdict = self._machine.receive(event)
        match event:
            case Departure(token=token) if token > self._told:
                self._told = token
                self._tell_sent(self._machine.sent[token - 1])
            case Failure(token=token):
                self._tell_failure(self._machine.sent[token - 1])
        if verdict.meaning is Meaning.REPLY and len(self._machine.replies) > replies:
            self._tell_reply(self._machine.replies[-1])
        return verdict

    def _tell_sent(self, sent: Sent) -> None:
        self._output.line(f"{sent.number:>4} sent   {_packet_words(sent.data, sent)}")
        if self._is_verbose:
            self._output.lines(f"            {line}" for line in tree_lines(dissect(sent.data, sent.link)))

    def _tell_reply(self, reply: Reply) -> None:
        words = summary_line(dissect(reply.data, reply.link))
        self._output.line(f"{reply.number:>4} answer {words}, {reply.length} bytes, {duration(reply.rtt)}")
        if self._is_verbose:
            self._output.lines(f"            {line}" for line in tree_lines(dissect(reply.data, reply.link)))

    def _tell_failure(self, sent: Sent) -> None:
        errno, text = sent.failure or ("", "")
        self._output.line(f"{sent.number:>4} failed {errno}: {safe(text)}")

    def expire(self, now: int) -> None:
        """Give up on the lost."""
        self._machine.expire(now)

    def deadline(self) -> int | None:
        """When to come again."""
        return self._machine.deadline()

    def obey(self, command: Command, now: int) -> None:
        """Pass on."""
        self._machine.obey(command, now)

    def snapshot(self, now: int) -> SendSnapshot:
        """What is known."""
        return self._machine.snapshot(now)

    def closing(self) -> Iterator[str]:
        """The ledger, and what the kernel did."""
        snapshot = self._machine.snapshot(0)
        changed = {sent.changed for sent in self._machine.sent if sent.failure is None}
        yield ""
        yield f"{snapshot.sent} sent, {snapshot.answered} answered, {snapshot.failed} failed"
        for names in sorted(changed, key=str):
            yield change_words(names)


def _packet_words(data: bytes, sent: Sent) -> str:
    way = " as a frame" if sent.shot.front else ""
    return f"{summary_line(dissect(data, sent.link))}, {len(data)} bytes{way}"
