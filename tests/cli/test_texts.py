"""The plain reports, word for word."""

from dataclasses import replace
from ipaddress import IPv4Address, ip_address

from app.engine.command import Method, Target
from app.engine.datagram import Clock
from app.engine.snapshot import (
    End,
    ErrorCount,
    Finding,
    HopRow,
    Ledger,
    PingSnapshot,
    Responder,
    RttSummary,
    Samples,
    State,
    TargetRow,
    TargetRows,
    TraceSnapshot,
)
from app.packet.answer import MplsEntry
from app.report.document import hop_document, line, ping_document, trace_document
from app.report.narrator import Happening, Probe, Story
from app.report.ping import PingText
from app.report.trace import trace_text
from tests.cli import schema

MS = 1_000_000
LOSSY = Target("lossy.example", "lossy.example", IPv4Address("198.18.4.2"))
FAR = Target("far.example", "far.example", ip_address("2001:db8::77"))
RTT = RttSummary(
    last=30_200_000,
    minimum=30_000_000,
    maximum=51_200_000,
    mean=30_600_000.4,
    stddev=2_100_000.2,
    median=30_400_000,
    p95=33_800_000,
    p99=51_200_000,
    jitter=900_000.1,
)
ERROR = ErrorCount(IPv4Address("10.0.3.1"), 3, 1, "host \x1b[2Junreachable", 2)
ROW = TargetRow(
    LOSSY,
    State.LOSING,
    Ledger(sent=60, replied=48, lost=11, in_flight=1, late=1, duplicates=2),
    RTT,
    Samples(),
    errors=(ERROR,),
    reply_ttl=57,
    late_rtt=1_200_000_000,
    sent_clock=Clock.KERNEL,
    received_clock=Clock.USER,
)
SILENT = TargetRow(FAR, State.UNKNOWN, Ledger(sent=3, failed=3), None, Samples())


def ping_snapshot(*rows: TargetRow) -> PingSnapshot:
    return PingSnapshot(at=61_000 * MS, started_at=1_000 * MS, interval=1_000 * MS, rows=TargetRows(rows))


def said(report: PingText, happening: Happening, **more: object) -> str | None:
    probe = Probe("lossy.example", 64, 7, 0)
    story = Story(happening, 0, probe, source=LOSSY.address, reply_ttl=57, length=64)
    return report.line(replace(story, **more))  # type: ignore[arg-type]  # fields of Story


def test_one_target_reads_as_with_ping() -> None:
    text = PingText([LOSSY], [56], 1_000 * MS)
    assert text.opening() == "PING lossy.example (198.18.4.2): 56 bytes of payload"
    assert said(text, Happening.SENT) is None
    reply = "64 bytes from 198.18.4.2: icmp_seq=7 ttl=57 time="
    assert said(text, Happening.REPLY, rtt=30_200_000) == f"{reply}30.2 ms"
    assert said(text, Happening.LATE, rtt=1_200 * MS) == f"{reply}1200 ms (late)"
    assert said(text, Happening.DUPLICATE, rtt=1_920_000) == f"{reply}1.92 ms (DUP!)"
    assert said(text, Happening.LOST) == "no answer: icmp_seq=7 within 1.00 s"
    assert said(text, Happening.FAILED, text="no route to it") == "not sent: icmp_seq=7 no route to it"
    error = said(text, Happening.ERROR, source=IPv4Address("10.0.3.1"), text="host unreachable")
    assert error == "from 10.0.3.1: icmp_seq=7 host unreachable"


def test_a_refused_probe_is_not_told_of_twice() -> None:
    text = PingText([LOSSY], [56], 1_000 * MS)
    assert said(text, Happening.LOST, probe=Probe("lossy.example", 64, 7, 0, is_refused=True)) is None


def test_many_targets_have_their_name_before_each_line() -> None:
    text = PingText([LOSSY, Target("a", "a", LOSSY.address)], [56], 1_000 * MS)
    assert text.opening() == "PING 2 hosts: 56 bytes of payload"
    line = said(text, Happening.FAILED, probe=Probe("a", 64, 1, 0), text="no route")
    assert line == "a             : not sent: icmp_seq=1 no route"


def test_the_statistics_of_one_target() -> None:
    assert list(PingText([LOSSY], [56], MS).closing(ping_snapshot(ROW))) == [
        "",
        "--- lossy.example ping statistics ---",
        (
            "60 packets transmitted, 48 received, 1 in flight, +1 late, +2 duplicates, +2 errors, "
            "18.6% packet loss, time 60000 ms"
        ),
        "rtt min/avg/max/mdev = 30.0/30.6/51.2/2.10 ms",
        "    median 30.4, p95 33.8, jitter 0.900 ms; sent by kernel clock",
        "    2 × host ␛[2Junreachable, said 10.0.3.1",
    ]


def test_the_statistics_of_many_targets() -> None:
    assert list(PingText([LOSSY, FAR], [56], MS).closing(ping_snapshot(ROW, SILENT))) == [
        "",
        "--- ping statistics, ms ---  sent  replied   loss   min  mean  median   p95   max  jitter",
        "lossy.example                  60       48  18.6%  30.0  30.6    30.4  33.8  51.2   0.900",
        "far.example                     3        0      —     —     —       —     —     —       —",
        "lossy.example: 1 in flight",
        "lossy.example: 1 late",
        "lossy.example: 2 duplicates",
        "lossy.example: 2 × host ␛[2Junreachable, said 10.0.3.1",
        "far.example: 3 not sent",
    ]


def test_a_ping_document_keeps_its_promise() -> None:
    document = ping_document(ping_snapshot(ROW, SILENT), "raw", 61_000 * MS)
    assert schema.faults(document, schema.PING) == []
    assert schema.balance_faults(document) == []
    assert document["started_at"] == 1_000 * MS


def responder(address: str, **more: object) -> Responder:
    plain = Responder(ip_address(address), 5, RTT, 11, 0, "", is_target=False, reply_ttl=60, quoted_ttl=1)
    return replace(plain, **more)  # type: ignore[arg-type]  # fields of Responder


def hop(ttl: int, *responders: Responder, rtt: RttSummary | None = RTT) -> HopRow:
    replied = sum(each.replied for each in responders)
    return HopRow(str(ttl), ttl, Ledger(sent=10, replied=replied, lost=10 - replied), rtt, Samples(), responders)


TRACE = TraceSnapshot(
    at=61_000 * MS,
    started_at=1_000 * MS,
    interval=1_000 * MS,
    target=LOSSY,
    method=Method.UDP,
    round=10,
    asked=None,
    hops=(
        hop(1, responder("10.0.0.1", mpls=(MplsEntry(24001, 0, True, 1),))),
        hop(2, rtt=None),
        hop(3, responder("10.2.1.1"), responder("10.2.2.1", text="host unreachable", code=1, type=3)),
        hop(4, responder("198.18.4.2", is_target=True, text="port unreachable", type=3, code=3)),
    ),
    end=End.REACHED,
    paths=((IPv4Address("10.0.0.1"), None, IPv4Address("10.2.1.1"), LOSSY.address),),
    findings=(Finding("silent-hop", 2, "never answers, but forwards"),),
)


def names(address: object) -> tuple[str, ...]:
    return ("gw.example",) if address == IPv4Address("10.0.0.1") else ()


def test_a_trace_reads_as_with_mtr() -> None:
    assert list(trace_text(TRACE, names)) == [
        "lossy.example (198.18.4.2): udp, 10 rounds, times in ms",
        "ttl  host                        loss   sent    last    mean    best   worst  stddev",
        "  1  gw.example (10.0.0.1)      50.0%     10    30.2    30.6    30.0    51.2    2.10",
        "       MPLS 24001 tc 0 bottom ttl 1",
        "  2  no answer                      ?     10       —       —       —       —       —",
        "  3  10.2.1.1                    0.0%     10    30.2    30.6    30.0    51.2    2.10",
        "     10.2.2.1                              5    30.2    30.6    30.0    51.2    2.10",
        "       host unreachable",
        "  4  198.18.4.2                 50.0%     10    30.2    30.6    30.0    51.2    2.10",
        "reached: 4 hops, 30.6 ms",
        "  hop 2: never answers, but forwards",
    ]


def test_a_trace_that_was_ended_in_its_first_round_says_so() -> None:
    assert list(trace_text(replace(TRACE, end=None), names))[-2] == "ended before the first round was over"


def test_a_trace_document_keeps_its_promise() -> None:
    document = trace_document(TRACE, "simulated", 61_000 * MS, names)
    assert schema.faults(document, schema.TRACE) == []
    assert schema.balance_faults(document) == []
    assert (document["reached"], document["end"]) == (True, "reached")
    assert document["paths"] == [["10.0.0.1", None, "10.2.1.1", "198.18.4.2"]]


def test_a_plain_answer_is_said_in_words_to_a_machine() -> None:
    assert '"type": 11, "code": 0, "text": "ttl exceeded in transit"' in line(hop_document(TRACE.hops[0], names))


def test_a_trace_without_an_end_has_one_in_its_document() -> None:
    unended = replace(TRACE, end=None)
    assert trace_document(unended, "raw", 1, names)["end"] == "reached"
    assert trace_document(replace(unended, hops=TRACE.hops[:3]), "raw", 1, names)["end"] == "silent"


def test_the_schema_finds_what_is_missing_or_of_another_type() -> None:
    document = ping_document(ping_snapshot(ROW), "raw", 1)
    assert schema.faults({**document, "started_at": 1.5}, schema.PING) == ["$.started_at: 1.5 is no int"]
    assert schema.faults({key: document[key] for key in ("targets", "dropped", "link", "ended_at")}, schema.PING) == [
        "$.started_at: missing"
    ]
