"""Packets of a log or a capture into a new file: a capture, text or JSON, by what the file's name ends in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from app.engine.dissecting import dissect_packet
from app.engine.packetlog import Packet
from app.engine.packetsource import PacketSource
from app.net import recording
from app.packet.capture.captured import CapturedPacket
from app.packet.errors import PacketError
from app.packet.render import hex_lines, packet_json, summary_line, tree_lines
from app.packet.text import safe


def export(source: PacketSource, numbers: Sequence[int], notes: Mapping[int, str], path: Path) -> str:
    """Write packets, each with its note, into a new file. Never raises: the sentence says how it went."""
    shown = safe(str(path))
    try:
        if path.exists():
            return f"{shown} exists already: choose another name"
        count = _write(_packets(source, numbers), notes, path)
    except (OSError, ValueError, PacketError) as error:
        return f"{shown} cannot be written: {safe(getattr(error, 'strerror', None) or str(error))}"
    return f"{count:,} packet{'' if count == 1 else 's'} written to {shown}"


def _write(packets: Iterator[Packet], notes: Mapping[int, str], path: Path) -> int:
    kind = path.suffix.lower()
    if kind in (".txt", ".json", ".jsonl"):
        return _write_text(packets, notes, path, is_json=kind != ".txt")
    return recording.export((_noted(packet, notes) for packet in packets), path)


def _packets(source: PacketSource, numbers: Sequence[int]) -> Iterator[Packet]:
    """Those that are still there."""
    for number in numbers:
        packet = next(source.since(number), None)
        if packet is not None and packet.number == number:
            yield packet


def _noted(packet: Packet, notes: Mapping[int, str]) -> CapturedPacket:
    """The packet as a capture file keeps it: a note of the user stands before what hopscope says of it."""
    captured = recording.captured(packet)
    if packet.number not in notes:
        return captured
    note = notes[packet.number]
    said = () if packet.comment in captured.comments else captured.comments
    return replace(captured, comments=(note, *said) if note else said)


def _write_text(packets: Iterator[Packet], notes: Mapping[int, str], path: Path, *, is_json: bool) -> int:
    count = 0
    with path.open("x", encoding="utf-8") as file:
        for packet in packets:
            lines = (_document(packet),) if is_json else _text(packet, notes.get(packet.number, packet.comment))
            file.writelines(f"{line}\n" for line in lines)
            count += 1
    return count


def _document(packet: Packet) -> str:
    at = None if packet.clock is None else packet.at
    return packet_json(packet.number, at, packet.wire_length, packet.link.words, dissect_packet(packet))


def _text(packet: Packet, note: str) -> Iterator[str]:
    """The line of the list, the tree and the bytes."""
    read = dissect_packet(packet)
    at = "" if packet.clock is None else f"  {packet.at / 1_000_000_000:.6f}"
    yield f"#{packet.number}{at}  {packet.wire_length} bytes  {summary_line(read)}"
    if note:
        yield f"  note: {note}"
    yield from (f"  {line}" for line in tree_lines(read))
    yield from (f"  {line}" for line in hex_lines(packet.data))
    yield ""
