"""The names that a filter may use, what kind of value each has, and the registry that words it.

Names come from the declarations of headers, from what readers write by hand, and from what a filter makes of
both: the addresses and ports of either end, the status of a checksum. They are gathered once, when first asked for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import Enum
from functools import cache

from app.packet.dissection import DATA
from app.packet.filter.written import is_name_like, written
from app.packet.layout import Field, Layout, declared
from app.packet.protocols import load_all
from app.packet.registry import Registry

#: One name for several, as Wireshark has it.
ALIASES = {
    "ip.addr": ("ip.src", "ip.dst"),
    "ipv6.addr": ("ipv6.src", "ipv6.dst"),
    "eth.addr": ("eth.src", "eth.dst"),
    "udp.port": ("udp.srcport", "udp.dstport"),
    "tcp.port": ("tcp.srcport", "tcp.dstport"),
    "sctp.port": ("sctp.srcport", "sctp.dstport"),
}
#: Fields that count words of several bytes: Wireshark's filters ask for the bytes, and so do ours.
SCALES = {"ip.hdr_len": 4, "tcp.hdr_len": 4}
#: Looks only at layers that are quoted in an ICMP error, or only at those that are not.
SCOPES = {"quoted": True, "outer": False}
_CHECKSUM = re.compile(r"(?:checksum|cksum|chksum|crc)\Z")
#: How much like a known name a wrong one must be to be taken for a slip.
_LIKENESS = 0.8


class Kind(Enum):
    """What a value is, as a sentence says what is wanted."""

    NUMBER = "a number"
    OCTETS = "bytes such as 00:11:22"
    MAC = "a hardware address such as 00:11:22:33:44:55"
    TEXT = "text"
    IPV4 = "an IPv4 address or a network such as 10.0.0.0/8"
    IPV6 = "an IPv6 address or a network such as 2001:db8::/32"
    SECONDS = "a number of seconds such as 0.25"
    LAYER = "bytes such as 45:00"  #: the header's own
    UNKNOWN = "a value"


_KINDS = {
    "unsigned": Kind.NUMBER,
    "signed": Kind.NUMBER,
    "octets": Kind.OCTETS,
    "mac": Kind.MAC,
    "text": Kind.TEXT,
    "ipv4": Kind.IPV4,
    "ipv6": Kind.IPV6,
}


class ChecksumStatus(Registry):
    """What became of a checksum, in Wireshark's numbers."""

    BAD = 0
    GOOD = 1
    UNVERIFIED = 2
    NOT_PRESENT = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A name and what is known of its values."""

    name: str
    kind: Kind
    label: str
    width: int = 0  #: bits of a number; 0 where nobody says
    registries: tuple[type[Registry], ...] = ()
    is_flag: bool = False

    @property
    def most(self) -> int | None:
        """The greatest number that the field can hold, where that is known."""
        return ((1 << self.width) - 1) * SCALES.get(self.name, 1) if self.width else None

    def numbers_worded(self, words: str) -> frozenset[int]:
        """The numbers that a registry, or the state of a flag, has these words for."""
        wanted = plain(words)
        if self.is_flag:
            return frozenset(number for number, said in enumerate(_FLAG_WORDS) if wanted in said)
        return frozenset(
            int(member)
            for registry in self.registries
            for member in registry
            if wanted in (plain(member.name), plain(member.words))
        )


_FLAG_WORDS = (("false", "not set", "no"), ("true", "set", "yes"))


def plain(words: str) -> str:
    """Words as they are compared: lower case, one space between them."""
    return " ".join(re.split(r"[\s_-]+", words.strip().lower()))


@cache
def known_names() -> Mapping[str, Known]:
    """Every name that some packet may have, as far as the code tells."""
    load_all()
    found: dict[str, Known] = {DATA.name: Known(DATA.name, Kind.LAYER, DATA.title)}
    for record in declared():
        _add_layout(found, record.LAYOUT)
    for layout in written().layers.values():
        found.setdefault(layout.name, Known(layout.name, Kind.LAYER, layout.title))
    for alias, names in ALIASES.items():
        if names[0] in found:
            found[alias] = replace(found[names[0]], name=alias, label="either end")
    protocols = {name.partition(".")[0] for name in found}
    for name, field in written().fields.items():
        if name not in found and name.partition(".")[0] in protocols:
            kind = _KINDS[field.kind] if field.kind in ("ipv4", "ipv6") else Kind.UNKNOWN
            found[name] = Known(name, kind, field.label, 0, () if field.registry is None else (field.registry,))
    for base in [entry for entry in found.values() if _CHECKSUM.search(entry.name)]:
        name = f"{base.name}.status"
        found[name] = Known(name, Kind.NUMBER, "what became of the checksum", 8, (ChecksumStatus,))
    return found


@cache
def protocols() -> frozenset[str]:
    """The first words of all names."""
    return frozenset(name.partition(".")[0] for name in known_names())


def is_checksum(name: str) -> bool:
    """Whether a field's status may be asked for."""
    return _CHECKSUM.search(name) is not None


def scoped(text: str) -> tuple[bool | None, str]:
    """A name without its scope, and which layers the scope leaves: quoted, not quoted, or (None) all."""
    scope, dot, rest = text.partition(".")
    return (SCOPES[scope], rest) if dot and scope in SCOPES else (None, text)


def known(name: str) -> Known | None:
    """What is known of a name; None where it is surely nobody's, or a slip for another one."""
    found = known_names().get(name)
    if found is None and name.partition(".")[0] in protocols() and is_name_like(name) and _may_be_made(name):
        return Known(name, Kind.UNKNOWN, "")
    return found


def near(name: str, names: Iterable[str] | None = None) -> str:
    """The one of those names (all that are known) that a wrong one is a slip for, or nothing."""
    return next(iter(get_close_matches(name, known_names() if names is None else names, 1, _LIKENESS)), "")


def _may_be_made(name: str) -> bool:
    """Whether some reader may put this name together as it reads.

    Names of more than two parts are believed where known ones share all but their last part, unless they are a
    slip for one; others need a reader whose code holds a piece that such a name begins or ends with.
    """
    if any(name.startswith(begin) for begin in written().begins):
        return True
    rests = [name.removesuffix(end) for end in written().ends if name.endswith(end)]
    if any(other.startswith(rest) for rest in rests for other in known_names()):
        return True
    return name.count(".") > 1 and _has_kin(name) and not _is_slip(name)


def _has_kin(name: str) -> bool:
    """Whether what stands before the last part is a known name, or what one begins with."""
    parent = name.rpartition(".")[0]
    return parent in known_names() or any(other.startswith(f"{parent}.") for other in known_names())


def _is_slip(name: str) -> bool:
    """Whether one letter more, less or other makes it a known name."""
    parent, _, last = name.rpartition(".")
    return any(
        other.startswith(f"{parent}.") and _is_one_letter_off(last, other[len(parent) + 1 :]) for other in known_names()
    )


def _is_one_letter_off(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > 1:
        return False
    at = next((index for index, pair in enumerate(zip(word, other, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return word != other
    behind = word[at + 1 :] == other[at + 1 :] or word[at + 1 :] == other[at:] or word[at:] == other[at + 1 :]
    is_swap = word[at + 2 :] == other[at + 2 :] and word[at : at + 2] == other[at : at + 2][::-1]
    return behind or is_swap


def _add_layout(found: dict[str, Known], layout: Layout) -> None:
    found.setdefault(layout.name, Known(layout.name, Kind.LAYER, layout.title))
    for field in layout.fields:
        _add_field(found, field)
        if field.group is not None:
            group = field.group
            found.setdefault(group.name, Known(group.name, Kind.NUMBER, group.label))


def _add_field(found: dict[str, Known], field: Field) -> None:
    """A field; where two headers share a name and not a kind, nothing is known of its values."""
    registries = () if field.registry is None else (field.registry,)
    kind = _KINDS.get(field.kind, Kind.UNKNOWN)
    mine = Known(field.name, kind, field.label, field.width, registries, field.style == "flag")
    other = found.get(field.name)
    if other is None:
        found[field.name] = mine
        return
    merged = tuple(dict.fromkeys((*other.registries, *registries)))
    found[field.name] = Known(
        field.name,
        kind if kind is other.kind else Kind.UNKNOWN,
        other.label,
        max(field.width, other.width) if other.width else 0,
        merged,
        mine.is_flag and other.is_flag,
    )
