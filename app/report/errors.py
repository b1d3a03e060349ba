"""`hopscope errors` as lines: JSON for programs, sentences for people. Pure."""

from datetime import datetime

from app.engine.errors.snapshot import ErrorRow, ErrorsSnapshot, Tally
from app.engine.errors.wording import protocol_name
from app.packet.compose import Address
from app.report.document import Document

#: So many destinations are named at the end.
_MOST_TALLIES = 20


def error_document(row: ErrorRow) -> Document:
    """One error; what is not known is None."""
    flow, owner, redirect = row.flow, row.owner, row.redirect
    process = None if owner is None else owner.process
    return {
        "at": row.at,
        "from": str(row.source),
        "type": row.type,
        "code": row.code,
        "text": row.text,
        "protocol": None if flow is None else protocol_name(flow.protocol),
        "local": _end(None, None) if flow is None else _end(flow.local, flow.local_port),
        "remote": _end(None, None) if flow is None else _end(flow.remote, flow.remote_port),
        "process": None if process is None else {"pid": process.pid, "name": process.name, "uid": process.uid},
        "known": row.known,
        "mtu": row.mtu,
        "version": row.version,
        "reason": row.reason,
        "identifier": None if flow is None else flow.identifier,
        "uid": None if owner is None else owner.uid,
        "socket": None if owner is None else owner.state,
        "doubt": row.doubt or None,
        "cached_mtu": row.cached_mtu,
        "redirect": None
        if redirect is None
        else {
            "destination": str(redirect.destination),
            "gateway": str(redirect.gateway),
            "accepted": redirect.is_accepted,
            "why": redirect.why,
        },
        "interface": row.interface,
    }


def _end(address: Address | None, port: int | None) -> Document:
    return {"address": None if address is None else str(address), "port": port}


def error_text(row: ErrorRow) -> str:
    """One error for a person, at the local time of day."""
    moment = datetime.fromtimestamp(row.at / 1e9)
    mtu = "" if row.cached_mtu is None else f" (the kernel's route: MTU {row.cached_mtu})"
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03d}  {row.text}{mtu}"


def closing(snapshot: ErrorsSnapshot) -> list[str]:
    """How often which reason was given for which destination."""
    if not snapshot.seen:
        return ["no error came"]
    strangers = snapshot.seen - snapshot.known
    lines = [
        "",
        f"{_count(snapshot.seen)}; {snapshot.known} about sockets of this host, {strangers} forged or too late",
    ]
    ordered = sorted(snapshot.tallies, key=lambda tally: -tally.count)
    lines += [_tally(tally) for tally in ordered[:_MOST_TALLIES]]
    more = len(ordered) - _MOST_TALLIES + snapshot.omitted.tallies
    return [*lines, f"and {more} more"] if more > 0 else lines


def _count(errors: int) -> str:
    return "1 error" if errors == 1 else f"{errors} errors"


def _tally(tally: Tally) -> str:
    whose = "no destination" if tally.destination is None else str(tally.destination)
    unknown = "" if tally.known == tally.count else f" ({tally.count - tally.known} without a socket)"
    return f"{tally.count:>8}  {whose}  {tally.reason}{unknown}"
