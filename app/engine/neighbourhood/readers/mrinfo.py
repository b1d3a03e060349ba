"""What a multicast router answers to mrinfo: DVMRP, neighbours 2 (draft-ietf-idmr-dvmrp-v3-11, appendix B.4)."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from app.engine.neighbourhood.facts import MulticastInterface, MulticastRouter
from app.engine.neighbourhood.readers.headers import first, headers, is_bad_sum, is_readable
from app.engine.neighbourhood.saying import Heard, Reader
from app.packet.dissection import Branch
from app.packet.multicast.dvmrp import Dvmrp, DvmrpCode, Interface, Neighbour, Reserved, Version

#: The words of mrinfo(8), in its order.
CAPABILITIES = ("leaf", "prune", "generation", "mtrace", "snmp", "netmask")
FLAGS = ("tunnel", "source_route", "down", "disabled", "querier", "leaf", "pim")
_WORDS = {"generation": "genid", "source_route": "srcrt"}
_CHECKSUM = 2  #: where it stands in the message (RFC 2236, section 2)
#: More than this no router of ours has.
MOST_INTERFACES = 256
MOST_NEIGHBOURS = 256


def _read(heard: Heard) -> Iterator[MulticastRouter]:
    head = first(Dvmrp, heard.layer.parts[:1])
    version = first(Version, heard.layer.parts)
    if head is None or version is None or head.code != DvmrpCode.NEIGHBORS_REPLY or not is_readable(heard):
        return
    if not isinstance(heard.source, IPv4Address):
        return
    reserved = first(Reserved, heard.layer.parts)
    yield MulticastRouter(
        router=heard.source,
        version=f"{version.major}.{version.minor}",
        flags=_flags(reserved, CAPABILITIES),
        interfaces=tuple(_interfaces(heard))[:MOST_INTERFACES],
        # Debian's pimd 2.3.2 writes its query interval into the tenth byte of the message, behind the checksum.
        suspicious=("wrong checksum",) if is_bad_sum(heard, heard.layer.start + _CHECKSUM) else (),
    )


def _interfaces(heard: Heard) -> Iterator[MulticastInterface]:
    for part in heard.layer.parts:
        if isinstance(part, Branch) and (interface := first(Interface, part.parts)) is not None:
            told = (each.address for each in headers(part.parts) if isinstance(each, Neighbour))
            yield MulticastInterface(
                address=interface.address,
                metric=interface.metric,
                threshold=interface.threshold,
                flags=_flags(interface, FLAGS),
                # Where it has no neighbour, mrouted says so by the address 0.0.0.0.
                neighbours=tuple(address for address in told if int(address))[:MOST_NEIGHBOURS],
            )


def _flags(said: object, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_WORDS.get(name, name) for name in names if getattr(said, name, 0))


READERS: Mapping[str, Reader] = {"dvmrp": _read}
