"""RFC 4884's extension structures as spans: where one starts in an error, and the objects in it.

More is shown here than `app.packet.icmp.extension` lets count as an answer: a structure with a wrong checksum or
version is worth seeing, as long as its bytes have the shape of one.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from app.packet.dissection import Branch, Check, CheckStatus, Part, Placed, Severity, stretch
from app.packet.icmp.extension import (
    ICMP_ERROR_SIZE,
    LEAST_QUOTE,
    LENGTH_FIELD,
    ExtensionHeader,
    ExtensionObject,
    LabelStackEntry,
    ObjectClass,
    ObjectHeader,
    extension_at,
    extension_objects,
)
from app.packet.icmp.interfaceobject import interface_identification, interface_information, node_identification
from app.packet.icmp.types import IcmpType
from app.packet.reading import Reading
from app.packet.shape import MOST_ELEMENTS, bytes_span, heading, part_count, repeated

_HEAD, _OBJECT_HEAD = ExtensionHeader.SIZE, ObjectHeader.SIZE
#: Errors that never had a length field and still are seen with objects behind 128 bytes of quotation.
_NEVER_COUNTED = (IcmpType.SOURCE_QUENCH, IcmpType.REDIRECT)
_VERSION = 2


def extension_start(message: bytes, version: int) -> int | None:
    """Where the extension structure of an ICMP error starts; None where nothing looks like one."""
    start = extension_at(message, version)
    if start is not None or len(message) < ICMP_ERROR_SIZE:
        return start
    at, unit, types = LENGTH_FIELD[version]
    length = message[at] * unit if message[0] in types else 0
    if length:
        start = ICMP_ERROR_SIZE + length
        return start if length >= LEAST_QUOTE and start + _HEAD <= len(message) else None
    if message[0] not in types and not (version == 4 and message[0] in _NEVER_COUNTED):
        return None
    start = ICMP_ERROR_SIZE + LEAST_QUOTE
    is_one = start + _HEAD < len(message) and message[start] >> 4 == _VERSION and _is_filled(message, start)
    return start if is_one else None


def _is_filled(message: bytes, start: int) -> bool:
    """Whether objects follow one another to the very end, with nothing left over."""
    stop = start + _HEAD
    for found in extension_objects(message, start):
        stop = found.stop
    return start + _HEAD < stop == len(message)


def read_extension(reading: Reading, at: int, stop: int) -> Branch:
    """The extension structure over [at, stop), its checksum judged."""
    data = reading.data
    head = ExtensionHeader.unpacked(data, at)
    if not head.checksum:
        reading.checks.append(Check(at + 2, CheckStatus.NONE))
    elif not reading.is_whole:
        reading.checks.append(Check(at + 2, CheckStatus.UNVERIFIED))
    else:
        reading.verify_sum(at + 2, at, stop)
    if head.version != _VERSION:
        reading.note(Severity.WARNING, at, f"extension version {head.version}, RFC 4884 knows {_VERSION}")
        rest = (bytes_span("icmp.ext.data", "data", data, at + _HEAD, stop),) if at + _HEAD < stop else ()
        return Branch("icmp.ext", "ICMP extensions", at, stop, (Placed(head, at, at + _HEAD), *rest), "unknown version")
    objects = _objects(reading, at, stop)
    parts: list[Part] = [Placed(head, at, at + _HEAD), *objects]
    end = objects[-1].stop if objects else at + _HEAD
    if len(objects) == MOST_ELEMENTS or reading.left <= 0:
        reading.note(Severity.WARNING, end, f"more than {len(objects)} objects: the rest is not shown")
    elif end + _OBJECT_HEAD <= stop:
        broken = ObjectHeader.decode(data, end)
        reading.note(Severity.ERROR, end, f"object length {broken.length}, {stop - end} bytes are there")
        parts.append(Placed(broken, end, end + _OBJECT_HEAD))
        end += _OBJECT_HEAD
    if end < stop:
        parts.append(bytes_span("icmp.ext.data", "malformed object", data, end, stop))
    return Branch("icmp.ext", "ICMP extensions", at, stop, tuple(parts), ", ".join(each.label for each in objects))


def _objects(reading: Reading, at: int, stop: int) -> list[Branch]:
    """The objects of the structure at `at`, as many as the frame may still show."""
    objects: list[Branch] = []
    for found in islice(extension_objects(reading.data[:stop], at), MOST_ELEMENTS):
        if reading.left <= 0:
            break
        objects.append(_object(reading.data, found))
        reading.left -= part_count(objects[-1:])
    return objects


def _object(data: bytes, found: ExtensionObject) -> Branch:
    """One object under a heading."""
    whole = _WHOLE.get(found.object_class)
    if whole is not None:
        return whole(data, found)
    start = found.start - _OBJECT_HEAD
    told = _TOLD.get(found.object_class, _anything)(data, found)
    head = Placed(ObjectHeader.unpacked(data, start), start, found.start)
    return heading("icmp.ext.object", _title(found.object_class), start, found.stop, (head, *told), told)


@lru_cache(256)
def _title(number: int) -> str:
    kind = ObjectClass(number)
    return kind.words if kind.is_assigned else f"object of class {kind}"


def _label_stack(data: bytes, found: ExtensionObject) -> list[Part]:
    told, end = repeated(LabelStackEntry, data, found.start, found.stop)
    if end < found.stop:
        told.append(bytes_span("icmp.mpls.data", "data", data, end, found.stop))
    return told


def _extended_information(data: bytes, found: ExtensionObject) -> list[Part]:
    """C-Type 1 points at the byte that was in the way (RFC 8883, section 3.1)."""
    if found.object_type != 1 or found.stop - found.start != 4:
        return _anything(data, found)
    pointer = int.from_bytes(data[found.start : found.stop])
    return [stretch("icmp.ext.pointer", "pointer", found.start, found.stop, str(pointer), value=pointer)]


def _identification(data: bytes, found: ExtensionObject) -> list[Part]:
    return list(interface_identification(data, found))


def _anything(data: bytes, found: ExtensionObject) -> list[Part]:
    return [bytes_span("icmp.ext.data", "data", data, found.start, found.stop)] if found.start < found.stop else []


#: Objects whose head means more than a length, a class and a type.
_WHOLE: dict[int, Callable[[bytes, ExtensionObject], Branch]] = {
    ObjectClass.INTERFACE_INFORMATION: interface_information,
    ObjectClass.NODE_IDENTIFICATION: node_identification,
}
#: What stands behind the head of the others.
_TOLD: dict[int, Callable[[bytes, ExtensionObject], list[Part]]] = {
    ObjectClass.MPLS_LABEL_STACK: _label_stack,
    ObjectClass.INTERFACE_IDENTIFICATION: _identification,
    ObjectClass.EXTENDED_INFORMATION: _extended_information,
}
