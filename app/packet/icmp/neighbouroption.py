"""What every option of Neighbour Discovery starts with (RFC 4861, section 4.6), and IANA's list of them."""

from app.packet.layout import Header, header, unsigned
from app.packet.registry import Registry
from app.packet.shape import Shape


class OptionType(Registry):
    """https://www.iana.org/assignments/icmpv6-parameters"""

    SOURCE_LINK_LAYER_ADDRESS = 1
    TARGET_LINK_LAYER_ADDRESS = 2
    PREFIX_INFORMATION = 3
    REDIRECTED_HEADER = 4
    MTU = 5
    NBMA_SHORTCUT_LIMIT = 6
    ADVERTISEMENT_INTERVAL = 7
    HOME_AGENT_INFORMATION = 8
    SOURCE_ADDRESS_LIST = 9
    TARGET_ADDRESS_LIST = 10
    CGA = 11
    RSA_SIGNATURE = 12
    TIMESTAMP = 13
    NONCE = 14
    TRUST_ANCHOR = 15
    CERTIFICATE = 16
    IP_ADDRESS_AND_PREFIX = 17
    NEW_ROUTER_PREFIX_INFORMATION = 18
    LINK_LAYER_ADDRESS = 19
    NEIGHBOR_ADVERTISEMENT_ACKNOWLEDGMENT = 20
    PVD_ID_ROUTER_ADVERTISEMENT = 21
    MAP = 23
    ROUTE_INFORMATION = 24
    RECURSIVE_DNS_SERVER = 25
    RA_FLAGS_EXTENSION = 26
    HANDOVER_KEY_REQUEST = 27
    HANDOVER_KEY_REPLY = 28
    HANDOVER_ASSIST_INFORMATION = 29
    MOBILE_NODE_IDENTIFIER = 30
    DNS_SEARCH_LIST = 31
    PROXY_SIGNATURE = 32
    ADDRESS_REGISTRATION = 33
    SIXLOWPAN_CONTEXT = 34
    AUTHORITATIVE_BORDER_ROUTER = 35
    SIXLOWPAN_CAPABILITY_INDICATION = 36
    CAPTIVE_PORTAL = 37
    PREF64 = 38
    CRYPTO_ID_PARAMETERS = 39
    NDP_SIGNATURE = 40
    RESOURCE_DIRECTORY_ADDRESS = 41
    CONSISTENT_UPTIME = 42
    CARD_REQUEST = 138
    CARD_REPLY = 139
    ENCRYPTED_DNS = 144
    RFC3692_EXPERIMENT_1 = 253
    RFC3692_EXPERIMENT_2 = 254


@header("icmpv6.opt", "option", "RFC 4861, section 4.6")
class Option(Header):
    """What every option starts with; the length counts units of 8 bytes, these two included."""

    type: int = unsigned(8, registry=OptionType)
    length: int = unsigned(8, unit="times 8 bytes", default=1)


def plain(title: str, rest: str = "icmpv6.opt.data") -> Shape:
    """An option whose value is bytes."""
    return Shape("icmpv6.opt", title, Option, rest=rest)


def shaped(title: str, head: type[Header], rest: str = "icmpv6.opt.data") -> Shape:
    """An option with fields, and perhaps bytes behind them."""
    return Shape("icmpv6.opt", title, head, rest=rest)
