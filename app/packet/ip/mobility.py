"""The mobility header of Mobile IPv6 (RFC 6275, section 6.1) in outline: its messages and the options in them.

https://www.iana.org/assignments/mobility-parameters
"""

from ipaddress import IPv4Address, IPv6Address

from app.packet.layout import Header, flag, header, ipv4_address, ipv6_address, octets, unsigned
from app.packet.registry import Protocol, Registry


class MessageType(Registry):
    """https://www.iana.org/assignments/mobility-parameters (Mobility Header Types)"""

    BINDING_REFRESH_REQUEST = 0
    HOME_TEST_INIT = 1
    CARE_OF_TEST_INIT = 2
    HOME_TEST = 3
    CARE_OF_TEST = 4
    BINDING_UPDATE = 5
    BINDING_ACKNOWLEDGEMENT = 6
    BINDING_ERROR = 7
    FAST_BINDING_UPDATE = 8
    FAST_BINDING_ACKNOWLEDGMENT = 9
    FAST_NEIGHBOR_ADVERTISEMENT = 10
    EXPERIMENTAL_MOBILITY_HEADER = 11
    HOME_AGENT_SWITCH = 12
    HEARTBEAT = 13
    HANDOVER_INITIATE = 14
    HANDOVER_ACKNOWLEDGE = 15
    BINDING_REVOCATION = 16
    LOCALIZED_ROUTING_INITIATION = 17
    LOCALIZED_ROUTING_ACKNOWLEDGMENT = 18
    UPDATE_NOTIFICATION = 19
    UPDATE_NOTIFICATION_ACKNOWLEDGEMENT = 20
    FLOW_BINDING = 21
    SUBSCRIPTION_QUERY = 22
    SUBSCRIPTION_RESPONSE = 23


class BindingStatus(Registry):
    """https://www.iana.org/assignments/mobility-parameters (Status Codes)"""

    BINDING_UPDATE_ACCEPTED = 0
    ACCEPTED_BUT_PREFIX_DISCOVERY_NECESSARY = 1
    REASON_UNSPECIFIED = 128
    ADMINISTRATIVELY_PROHIBITED = 129
    INSUFFICIENT_RESOURCES = 130
    HOME_REGISTRATION_NOT_SUPPORTED = 131
    NOT_HOME_SUBNET = 132
    NOT_HOME_AGENT_FOR_THIS_MOBILE_NODE = 133
    DUPLICATE_ADDRESS_DETECTION_FAILED = 134
    SEQUENCE_NUMBER_OUT_OF_WINDOW = 135
    EXPIRED_HOME_NONCE_INDEX = 136
    EXPIRED_CARE_OF_NONCE_INDEX = 137
    EXPIRED_NONCES = 138
    REGISTRATION_TYPE_CHANGE_DISALLOWED = 139


@header("mip6", "Mobility header", "RFC 6275, section 6.1.1")
class Mobility(Header):
    """What every message of Mobile IPv6 starts with."""

    next_header: int = unsigned(8, name="proto", registry=Protocol, default=Protocol.IPV6_NONXT)
    length: int = unsigned(8, name="hlen", unit="times 8 bytes, the first 8 not counted", default=0)
    type: int = unsigned(8, name="mhtype", registry=MessageType)
    reserved: int = unsigned(8, style="hex", default=0)
    checksum: int = unsigned(16, name="csum", style="hex", default=0)


@header("mip6", "binding refresh request", "RFC 6275, section 6.1.2")
class RefreshRequest(Header):
    """Asks for a binding update."""

    reserved: bytes = octets(2, name="binding_refresh_request", default=b"\0\0")


@header("mip6", "home test init", "RFC 6275, section 6.1.3")
class HomeTestInit(Header):
    """Starts the return routability test by way of home."""

    reserved: bytes = octets(2, default=b"\0\0")
    cookie: int = unsigned(64, name="mip6.hoti.cookie", style="hex")


@header("mip6", "care-of test init", "RFC 6275, section 6.1.4")
class CareOfTestInit(Header):
    """Starts the return routability test directly."""

    reserved: bytes = octets(2, default=b"\0\0")
    cookie: int = unsigned(64, name="mip6.coti.cookie", style="hex")


@header("mip6", "home test", "RFC 6275, section 6.1.5")
class HomeTest(Header):
    """Answers the home test init."""

    nonce: int = unsigned(16, "nonce index", name="mip6.hot.nindex")
    cookie: int = unsigned(64, name="mip6.hot.cookie", style="hex")
    token: int = unsigned(64, "keygen token", name="mip6.hot.token", style="hex")


@header("mip6", "care-of test", "RFC 6275, section 6.1.6")
class CareOfTest(Header):
    """Answers the care-of test init."""

    nonce: int = unsigned(16, "nonce index", name="mip6.cot.nindex")
    cookie: int = unsigned(64, name="mip6.cot.cookie", style="hex")
    token: int = unsigned(64, "keygen token", name="mip6.hot.token", style="hex")


@header("mip6", "binding update", "RFC 6275, section 6.1.7")
class BindingUpdate(Header):
    """Where the mobile node is now."""

    sequence: int = unsigned(16, "sequence number", name="mip6.bu.seqnr")
    acknowledge: int = flag("acknowledge", name="mip6.bu.a_flag", default=0)
    home: int = flag("home registration", name="mip6.bu.h_flag", default=0)
    link_local: int = flag("link-local compatibility", name="mip6.bu.l_flag", default=0)
    key: int = flag("key management", name="mip6.bu.k_flag", default=0)
    anchor: int = flag("MAP registration", name="mip6.bu.m_flag", default=0)
    router: int = flag("mobile router", name="mip6.nemo.bu.r_flag", default=0)
    proxy: int = flag("proxy registration", name="mip6.bu.p_flag", default=0)
    force: int = flag("force UDP encapsulation", name="mip6.bu.f_flag", default=0)
    tlv: int = flag("TLV header format", name="mip6.bu.t_flag", default=0)
    bulk: int = flag("bulk binding update", name="mip6.bu.b_flag", default=0)
    reserved: int = unsigned(6, name="mip6.bu.reserved", default=0)
    lifetime: int = unsigned(16, name="mip6.bu.lifetime", unit="times 4 s")


@header("mip6", "binding acknowledgement", "RFC 6275, section 6.1.8")
class BindingAcknowledgement(Header):
    """What became of a binding update."""

    status: int = unsigned(8, name="mip6.ba.status", registry=BindingStatus)
    key: int = flag("key management", name="mip6.ba.k_flag", default=0)
    router: int = flag("mobile router", name="mip6.nemo.ba.r_flag", default=0)
    proxy: int = flag("proxy registration", name="mip6.ba.p_flag", default=0)
    tlv: int = flag("TLV header format", name="mip6.ba.t_flag", default=0)
    bulk: int = flag("bulk binding update", name="mip6.ba.b_flag", default=0)
    reserved: int = unsigned(3, name="mip6.ba.reserved", default=0)
    sequence: int = unsigned(16, "sequence number", name="mip6.ba.seqnr")
    lifetime: int = unsigned(16, name="mip6.ba.lifetime", unit="times 4 s")


@header("mip6", "binding error", "RFC 6275, section 6.1.9")
class BindingError(Header):
    """A home address that nobody knows, or a message that nobody knows."""

    status: int = unsigned(8, name="mip6.be.status")
    reserved: bytes = octets(1, default=b"\0")
    home: IPv6Address = ipv6_address("home address", name="mip6.be.haddr")


@header("mip6", "fast binding update", "RFC 5568, section 6.2.2")
class FastBindingUpdate(Header):
    """Tells the old router of the new address."""

    sequence: int = unsigned(16, "sequence number", name="mip6.fbu.seqnr")
    acknowledge: int = flag("acknowledge", name="mip6.fbu.a_flag", default=0)
    home: int = flag("home registration", name="mip6.fbu.h_flag", default=0)
    link_local: int = flag("link-local compatibility", name="mip6.fbu.l_flag", default=0)
    key: int = flag("key management", name="mip6.fbu.k_flag", default=0)
    reserved: int = unsigned(12, name="mip6.fbu.reserved", default=0)
    lifetime: int = unsigned(16, name="mip6.fbu.lifetime", unit="times 4 s")


@header("mip6", "fast binding acknowledgement", "RFC 5568, section 6.2.3")
class FastBindingAcknowledgement(Header):
    """What became of a fast binding update."""

    status: int = unsigned(8, name="mip6.fback.status")
    key: int = flag("key management", name="mip6.fback.k_flag", default=0)
    reserved: int = unsigned(7, name="mip6.fback.reserved", default=0)
    sequence: int = unsigned(16, "sequence number", name="mip6.fback.seqnr")
    lifetime: int = unsigned(16, name="mip6.fback.lifetime", unit="times 4 s")


@header("mip6", "home agent switch", "RFC 5142, section 4")
class HomeAgentSwitch(Header):
    """Sends a mobile node to another home agent; their addresses follow."""

    count: int = unsigned(8, "number of addresses", name="mip6.has.num_addrs")
    reserved: int = unsigned(8, name="mip6.has.reserved", default=0)


@header("mip6", "address", "RFC 5142, section 4")
class HomeAgentAddress(Header):
    """One of those home agents."""

    address: IPv6Address = ipv6_address(name="mip6.has.address")


@header("mip6", "heartbeat", "RFC 5847, section 3.3")
class Heartbeat(Header):
    """Whether the other end is there."""

    reserved: int = unsigned(14, name="mip6.hb.reserved", default=0)
    unsolicited: int = flag("unsolicited", name="mip6.hb.u_flag", default=0)
    response: int = flag("response", name="mip6.hb.r_flag", default=0)
    sequence: int = unsigned(32, "sequence number", name="mip6.hb.seqnr")


@header("mip6", "handover initiate", "RFC 5949, section 6.2.1")
class HandoverInitiate(Header):
    """The old router tells the new one."""

    sequence: int = unsigned(16, "sequence number", name="mip6.hi.seqnr")
    assigned: int = flag("assigned address configuration", name="mip6.hi.s_flag", default=0)
    buffer: int = flag("buffer", name="mip6.hi.u_flag", default=0)
    reserved: int = unsigned(6, name="mip6.hi.flags_reserved", default=0)
    code: int = unsigned(8, name="mip6.hi.code", default=0)


@header("mip6", "handover acknowledge", "RFC 5949, section 6.2.2")
class HandoverAcknowledge(Header):
    """The answer to it."""

    sequence: int = unsigned(16, "sequence number", name="mip6.hack.seqnr")
    reserved: int = unsigned(8, name="mip6.hack.reserved", default=0)
    code: int = unsigned(8, name="mip6.hack.code", default=0)


@header("mip6", "binding revocation", "RFC 5846, section 5")
class BindingRevocation(Header):
    """Ends a binding, or confirms that it ended."""

    kind: int = unsigned(8, "revocation type", name="mip6.bri_br.type")
    trigger: int = unsigned(8, "trigger or status", name="mip6.bri_r.trigger")
    sequence: int = unsigned(16, "sequence number", name="bri_seqnr")
    proxy: int = flag("proxy binding", name="bri_ip", default=0)
    home: int = flag("IPv4 home address only", name="bri_iv", default=0)
    is_global: int = flag("global", name="bri_ig", default=0)
    reserved: int = unsigned(13, name="bri_res", default=0)


@header("mip6", "option", "RFC 6275, section 6.2.1")
class OptionKind(Header):
    """The type of an option."""

    type: int = unsigned(8, name="mobility_opt")


@header("mip6", "option", "RFC 6275, section 6.2.1")
class Option(OptionKind):
    """Every option but Pad1; the length does not count these two bytes."""

    length: int = unsigned(8, name="mip6.mobility_opt.len", unit="bytes")


@header("mip6", "binding refresh advice", "RFC 6275, section 6.2.4")
class RefreshAdviceOption(Option):
    """How long a binding should be kept."""

    interval: int = unsigned(16, "refresh interval", name="mip6.bra.interval", unit="times 4 s")


@header("mip6", "alternate care-of address", "RFC 6275, section 6.2.5")
class AlternateAddressOption(Option):
    """Where the node is, if not where the packet came from."""

    address: IPv6Address = ipv6_address(name="mip6.acoa.acoa")


@header("mip6", "nonce indices", "RFC 6275, section 6.2.6")
class NonceOption(Option):
    """Which nonces made the keys."""

    home: int = unsigned(16, "home nonce index", name="mip6.ni.hni")
    care_of: int = unsigned(16, "care-of nonce index", name="mip6.ni.cni")


@header("mip6", "network prefix", "RFC 3963, section 4.3")
class PrefixOption(Option):
    """A prefix that moves with its router, or the home prefix."""

    reserved: int = unsigned(8, name="mip6.nemo.mnp.reserved", default=0)
    prefix_length: int = unsigned(8, name="mip6.nemo.mnp.pfl", unit="bits")
    prefix: IPv6Address = ipv6_address(name="mip6.nemo.mnp.mnp")


@header("mip6", "link-layer address", "RFC 5568, section 6.4.4")
class LinkAddressOption(Option):
    """The mobile node's address on its link."""

    code: int = unsigned(8, "option code", name="mip6.lla.optcode")


@header("mip6", "identifier", "RFC 4283, section 3")
class IdentifierOption(Option):
    """A name for the mobile node."""

    kind: int = unsigned(8, "subtype", name="mip6.mnid.subtype")


@header("mip6", "authentication", "RFC 4285, section 5")
class AuthenticationOption(Option):
    """Proves who sent the message."""

    kind: int = unsigned(8, "subtype", name="mip6.auth.subtype")
    spi: int = unsigned(32, "mobility SPI", name="mip6.auth.mobility_spi", style="hex")


@header("mip6", "handoff indicator", "RFC 5213, section 8.4")
class HandoffOption(Option):
    """What kind of handoff this is."""

    reserved: int = unsigned(8, name="mip6.hi.reserved", default=0)
    indicator: int = unsigned(8, name="hi")


@header("mip6", "access technology", "RFC 5213, section 8.5")
class AccessOption(Option):
    """What kind of link the node came by."""

    reserved: int = unsigned(8, name="mip6.att.reserved", default=0)
    kind: int = unsigned(8, "access technology type", name="att")


@header("mip6", "link-layer identifier", "RFC 5213, section 8.6")
class LinkIdentifierOption(Option):
    """The interface of the mobile node."""

    reserved: int = unsigned(16, name="mip6.mnlli.reserved", default=0)


@header("mip6", "link-local address", "RFC 5213, section 8.7")
class LinkLocalOption(Option):
    """The address of the access router on the link."""

    address: IPv6Address = ipv6_address(name="lila_lla")


@header("mip6", "restart counter", "RFC 5847, section 3.4")
class RestartOption(Option):
    """How often the sender has started."""

    counter: int = unsigned(32, name="rc")


@header("mip6", "IPv4 home address", "RFC 5555, section 3.1.1")
class HomeAddress4Option(Option):
    """The mobile node's IPv4 address at home."""

    prefix_length: int = unsigned(6, name="mip6.ipv4ha.preflen", unit="bits")
    prefix: int = flag("prefix requested", name="mip6.ipv4ha.p_flag", default=0)
    reserved: int = unsigned(9, name="mip6.ipv4ha.reserved", default=0)
    address: IPv4Address = ipv4_address(name="mip6.ipv4ha.ha")


@header("mip6", "IPv4 address acknowledgement", "RFC 5555, section 3.2.1")
class Acknowledged4Option(Option):
    """What became of the IPv4 home address."""

    status: int = unsigned(8, name="mip6.ipv4aa.sts")
    prefix_length: int = unsigned(6, name="mip6.ipv4ha.preflen", unit="bits")
    reserved: int = unsigned(2, name="mip6.ipv4ha.reserved", default=0)
    address: IPv4Address = ipv4_address(name="mip6.ipv4ha.ha")


@header("mip6", "binding identifier", "RFC 5648, section 4.1")
class BindingIdentifierOption(Option):
    """Which of several bindings of a node this is."""

    identifier: int = unsigned(16, name="mip6.bi.bid")
    status: int = unsigned(8, name="mip6.bi.status")
    both: int = flag("home and foreign at once", name="mip6.bi.h_flag", default=0)
    reserved: int = unsigned(7, name="mip6.bi.reserved", default=0)
