"""The security options of IPv4: RFC 791's own, the DoD's basic and extended ones (RFC 1108), and CIPSO (FIPS 188).

CIPSO carries tags; those that are registered name a level and categories as a bitmap, a list or ranges.
"""

from collections.abc import Iterable

from app.packet.dissection import Part, Placed, stretch
from app.packet.ip.v4option import Option
from app.packet.layout import Group, Header, flag, header, octets, text, unsigned
from app.packet.registry import Registry
from app.packet.shape import Shape, bytes_span, heading

AUTHORITIES = Group("ip.opt.sec_prot_auth_flags", "protection authority flags")


class Classification(Registry):
    """RFC 1108, section 2.3."""

    TOP_SECRET = 0x3D
    SECRET = 0x5A
    CONFIDENTIAL = 0x96
    UNCLASSIFIED = 0xAB


class OldClassification(Registry):
    """RFC 791, section 3.1."""

    UNCLASSIFIED = 0x0000
    CONFIDENTIAL = 0xF135
    EFTO = 0x789A
    MMMM = 0xBC4D
    PROG = 0x5E26
    RESTRICTED = 0xAF13
    SECRET = 0xD788
    TOP_SECRET = 0x6BC5


class TagType(Registry):
    """FIPS 188 and draft-ietf-cipso-ipsecurity; 128 is Linux's, within one machine."""

    BIT_MAPPED = 1
    ENUMERATED = 2
    RANGED = 5
    RELEASE_MARKINGS = 6
    FREE_FORM = 7
    LOCAL = 128


@header("ip.opt", "security", "RFC 791, section 3.1")
class OldSecurityOption(Option):
    """The security option as RFC 791 had it: 11 bytes."""

    level: int = unsigned(16, "security", name="ip.opt.sec_rfc791_sec", style="hex", registry=OldClassification)
    compartments: int = unsigned(16, name="ip.opt.sec_rfc791_comp", style="hex", default=0)
    handling: bytes = text(2, "handling restrictions", name="ip.opt.sec_rfc791_hr")
    control: bytes = text(3, "transmission control code", name="ip.opt.sec_rfc791_tcc")


@header("ip.opt", "security", "RFC 1108, section 2")
class SecurityOption(Option):
    """The basic security option: how secret the packet is."""

    level: int = unsigned(8, "classification level", name="ip.opt.sec_cl", style="hex", registry=Classification)


@header("ip.opt", "protection authorities", "RFC 1108, section 2.4")
class Authorities(Header):
    """Whose rules apply; the last bit says that another byte follows."""

    general: int = flag("GENSER", name="ip.opt.sec_prot_auth_genser", group=AUTHORITIES, default=0)
    siop: int = flag("SIOP-ESI", name="ip.opt.sec_prot_auth_siop_esi", group=AUTHORITIES, default=0)
    sci: int = flag("SCI", name="ip.opt.sec_prot_auth_sci", group=AUTHORITIES, default=0)
    nsa: int = flag("NSA", name="ip.opt.sec_prot_auth_nsa", group=AUTHORITIES, default=0)
    doe: int = flag("DOE", name="ip.opt.sec_prot_auth_doe", group=AUTHORITIES, default=0)
    unassigned: int = unsigned(2, name="ip.opt.sec_prot_auth_unassigned", group=AUTHORITIES, default=0)
    more: int = flag("another byte follows", name="ip.opt.sec_prot_auth_fti", group=AUTHORITIES, default=0)


@header("ip.opt", "more protection authorities", "RFC 1108, section 2.4")
class MoreAuthorities(Header):
    """A further byte, none of whose bits are assigned."""

    unassigned: int = unsigned(7, name="ip.opt.sec_prot_auth_unassigned", group=AUTHORITIES, default=0)
    more: int = flag("another byte follows", name="ip.opt.sec_prot_auth_fti", group=AUTHORITIES, default=0)


@header("ip.opt", "extended security", "RFC 1108, section 3")
class ExtendedSecurityOption(Option):
    """More security information, in a format that its authority defines."""

    code: int = unsigned(8, "format code", name="ip.opt.ext_sec_add_sec_info_format_code")


@header("ip.cipso", "commercial security", "FIPS 188")
class CommercialSecurityOption(Option):
    """The commercial IP security option; tags follow."""

    domain: int = unsigned(32, "domain of interpretation", name="ip.cipso.doi")


@header("ip.cipso", "tag", "FIPS 188")
class Tag(Header):
    """What a tag begins with; its length counts these two bytes."""

    type: int = unsigned(8, "tag type", name="tag_type", registry=TagType)
    length: int = unsigned(8, "tag length", name="tag_length", unit="bytes")


@header("ip.cipso", "tag", "FIPS 188")
class LevelTag(Tag):
    """A tag with a sensitivity level; categories follow."""

    alignment: bytes = octets(1, default=b"\0")
    level: int = unsigned(8, "sensitivity level", name="sensitivity_level")


#: More category numbers than these in one tag are not spelled out: an option has 40 bytes.
_MOST_CATEGORIES = 320


def _authorities(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    first = Placed(Authorities.decode(data, at), at, at + 1)
    return (first, *(Placed(MoreAuthorities.decode(data, more), more, more + 1) for more in range(at + 1, stop)))


def security(data: bytes, at: int, stop: int) -> Shape:
    """RFC 791's option has 11 bytes; RFC 1108's replaced it and would need seven bytes of authorities for that."""
    if stop - at == OldSecurityOption.LAYOUT.size:
        return Shape("ip.options.security", "security", OldSecurityOption)
    return Shape("ip.options.security", "security", SecurityOption, tail=_authorities)


def _tags(data: bytes, at: int, stop: int) -> tuple[Part, ...]:
    """The tags of a CIPSO option; one that contradicts itself is shown as bytes."""
    tags: list[Part] = []
    while at + 2 <= stop:
        end = at + data[at + 1]
        if data[at + 1] < 2 or end > stop:
            end = stop
        parts = tuple(_tag(data, at, end))
        tags.append(heading("ip.cipso.tag", f"tag, {TagType(data[at]).words}", at, end, parts, parts[1:]))
        at = end
    if at < stop:
        tags.append(bytes_span("ip.cipso.tag_type", "tag type alone", data, at, stop))
    return tuple(tags)


def _tag(data: bytes, at: int, stop: int) -> Iterable[Part]:
    kind = data[at]
    if kind not in (TagType.BIT_MAPPED, TagType.ENUMERATED, TagType.RANGED) or at + 4 > stop:
        yield Placed(Tag.decode(data, at), at, at + 2)
        if at + 2 < stop:
            yield bytes_span("ip.cipso.tag_data", "tag data", data, at + 2, stop)
        return
    yield Placed(LevelTag.decode(data, at), at, at + 4)
    if at + 4 < stop:
        told = ", ".join(_categories(kind, data[at + 4 : stop])) or "none"
        yield stretch("ip.cipso.categories", "categories", at + 4, stop, told, value=data[at + 4 : stop])


def _categories(kind: int, data: bytes) -> Iterable[str]:
    if kind == TagType.BIT_MAPPED:
        bits = int.from_bytes(data)
        width = len(data) * 8
        return [str(bit) for bit in range(min(width, _MOST_CATEGORIES)) if bits >> (width - 1 - bit) & 1]
    numbers = [data[index] << 8 | data[index + 1] for index in range(0, len(data) - 1, 2)]
    if kind == TagType.ENUMERATED:
        return [str(number) for number in numbers]
    if len(numbers) % 2:
        numbers.append(0)  # the lowest category may be left out where it is 0
    return [f"{low}-{high}" for high, low in zip(numbers[::2], numbers[1::2], strict=True)]


COMMERCIAL_SECURITY = Shape("ip.options.cipso", "commercial security", CommercialSecurityOption, tail=_tags)
EXTENDED_SECURITY = Shape(
    "ip.options.ext_security", "extended security", ExtendedSecurityOption, rest="ip.opt.ext_sec_add_sec_info"
)
