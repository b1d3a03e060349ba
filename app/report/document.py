"""Snapshots as JSON documents, exactly as docs/json.md promises. Pure.

Durations and moments are integers in nanoseconds, ratios are floats 0..1, what is not known is null.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from app.engine.command import Target
from app.engine.snapshot import (
    End,
    ErrorCount,
    HopRow,
    Ledger,
    PingSnapshot,
    Responder,
    RttSummary,
    TargetRow,
    TraceSnapshot,
)
from app.packet.answer import InterfaceInformation, MplsEntry
from app.packet.compose import Address
from app.packet.icmp.codes import icmp_words
from app.packet.text import safe

Json: TypeAlias = Mapping[str, "Json"] | Sequence["Json"] | str | int | float | bool | None
Document: TypeAlias = dict[str, Json]
NamesOf: TypeAlias = Callable[[Address], Sequence[str]]

#: RFC 5837, section 4: the role of the interface that a router tells about.
_ROLES = {0: "incoming", 1: "incoming-part", 2: "outgoing", 3: "next-hop"}


def line(document: Json) -> str:
    """A document as one line of UTF-8 JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(", ", ": "))


def ping_document(snapshot: PingSnapshot, link: str, ended_at: int) -> Document:
    """What was measured of every target."""
    return {
        "targets": [_target(row, snapshot.interval) for row in snapshot.rows],
        "dropped": snapshot.dropped,
        "link": link,
        "started_at": snapshot.started_at,
        "ended_at": ended_at,
    }


def trace_document(snapshot: TraceSnapshot, link: str, ended_at: int, names: NamesOf) -> Document:
    """What was found out about a path."""
    return {
        "target": target_document(snapshot.target),
        "method": snapshot.method.value,
        "reached": has_reached(snapshot),
        "end": _end(snapshot).value,
        "hops": [hop_document(hop, names) for hop in snapshot.hops],
        "paths": [[_address(address) for address in path] for path in snapshot.paths],
        "path_mtu": snapshot.path_mtu,
        "dropped": snapshot.dropped,
        "findings": [{"kind": found.kind, "ttl": found.ttl, "text": safe(found.text)} for found in snapshot.findings],
        "link": link,
        "started_at": snapshot.started_at,
        "ended_at": ended_at,
    }


def target_document(target: Target) -> Document:
    """Where a path leads."""
    return {"host": target.host, "address": str(target.address)}


def has_reached(snapshot: TraceSnapshot) -> bool:
    """Whether the target itself has answered."""
    return _end(snapshot) is End.REACHED


def _end(snapshot: TraceSnapshot) -> End:
    """How the path ends; of a run that was ended within its first round, as far as that got."""
    if snapshot.end is not None:
        return snapshot.end
    has_answered = any(responder.is_target for hop in snapshot.hops for responder in hop.responders)
    return End.REACHED if has_answered else End.SILENT


def hop_document(hop: HopRow, names: NamesOf) -> Document:
    """One TTL of a path."""
    return {
        "ttl": hop.ttl,
        **_ledger(hop.ledger),
        "rtt_ns": _rtt(hop.rtt),
        "host_ns": hop.host,
        "responders": [_responder(responder, names) for responder in hop.responders],
        "inferred_from": hop.inferred_from,
    }


def _target(row: TargetRow, interval: int) -> Document:
    ledger = row.ledger
    return {
        "host": row.target.host,
        "address": str(row.target.address),
        **_ledger(ledger),
        "late": ledger.late,
        "duplicates": ledger.duplicates,
        "rtt_ns": _rtt(row.rtt),
        "late_rtt_ns": row.late_rtt,
        "host_ns": row.host,
        "reply_ttl": row.reply_ttl,
        "clock": {
            "sent": row.sent_clock.value if row.sent_clock else None,
            "received": row.received_clock.value if row.received_clock else None,
        },
        "errors": [_error(error) for error in row.errors],
        "interval_ns": interval if row.interval is None else row.interval,
        "sweep": [{"size": size.size, **_ledger(size.ledger), "rtt_ns": _rtt(size.rtt)} for size in row.sweep],
    }


def _ledger(ledger: Ledger) -> Document:
    return {
        "sent": ledger.sent,
        "replied": ledger.replied,
        "lost": ledger.lost,
        "in_flight": ledger.in_flight,
        "failed": ledger.failed,
        "unknown": ledger.unknown,
        "loss": ledger.loss,
    }


def _rtt(rtt: RttSummary | None) -> Document | None:
    if rtt is None:
        return None
    return {
        "last": rtt.last,
        "min": rtt.minimum,
        "mean": round(rtt.mean),
        "max": rtt.maximum,
        "stddev": round(rtt.stddev),
        "median": rtt.median,
        "p95": rtt.p95,
        "p99": rtt.p99,
        "jitter": round(rtt.jitter),
    }


def _error(error: ErrorCount) -> Document:
    return {
        "from": str(error.source),
        "type": error.type,
        "code": error.code,
        "text": safe(error.text),
        "count": error.count,
    }


def _responder(responder: Responder, names: NamesOf) -> Document:
    return {
        "address": str(responder.address),
        "names": list(names(responder.address)),
        "replied": responder.replied,
        "rtt_ns": _rtt(responder.rtt),
        "is_target": responder.is_target,
        "icmp": {"type": responder.type, "code": responder.code, "text": _words(responder)},
        "quoted_ttl": responder.quoted_ttl,
        "reply_ttl": responder.reply_ttl,
        "mtu": responder.mtu,
        "mpls": [_mpls(entry) for entry in responder.mpls],
        "interface": _interface(responder.interface),
        "nat": responder.nat,
    }


def _words(responder: Responder) -> str:
    """The answer in words, a plain "ttl exceeded in transit" too: a machine cannot read what goes unsaid."""
    if responder.text or responder.type is None or responder.code is None:
        return safe(responder.text)
    return icmp_words(responder.address.version, responder.type, responder.code)


def _mpls(entry: MplsEntry) -> Document:
    return {"label": entry.label, "tc": entry.traffic_class, "bottom": entry.is_bottom, "ttl": entry.ttl}


def _interface(information: InterfaceInformation | None) -> Document | None:
    if information is None:
        return None
    return {
        "role": _ROLES.get(information.role, str(information.role)),
        "index": information.index,
        "address": _address(information.address),
        "name": None if information.name is None else safe(information.name),
        "mtu": information.mtu,
    }


def _address(address: Address | None) -> str | None:
    return None if address is None else str(address)
