"""The fixed part of a DHCP message, that of BOOTP, and the registries of its numbers (RFC 2131, section 2).

https://www.iana.org/assignments/bootp-dhcp-parameters
"""

from ipaddress import IPv4Address

from app.packet.layout import Group, Header, flag, header, ipv4_address, mac_address, octets, text, unsigned
from app.packet.registry import Registry

FLAGS = Group("dhcp.flags", "flags")
NO_ADDRESS = IPv4Address(0)
#: What tells DHCP's options from the vendor area of BOOTP (RFC 1497).
COOKIE = bytes((99, 130, 83, 99))


class Operation(Registry):
    """RFC 951, section 3."""

    REQUEST = 1
    REPLY = 2


class HardwareType(Registry):
    """https://www.iana.org/assignments/arp-parameters (Hardware Types)"""

    ETHERNET = 1
    EXPERIMENTAL_ETHERNET = 2
    AX_25 = 3
    PRONET_TOKEN_RING = 4
    CHAOS = 5
    IEEE_802 = 6
    ARCNET = 7
    FRAME_RELAY = 15
    ATM = 16
    HDLC = 17
    FIBRE_CHANNEL = 18
    SERIAL_LINE = 20
    IEEE_1394 = 24
    EUI_64 = 27
    INFINIBAND = 32


class MessageType(Registry):
    """https://www.iana.org/assignments/bootp-dhcp-parameters (DHCP Message Type 53 Values)"""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8
    FORCERENEW = 9
    LEASEQUERY = 10
    LEASEUNASSIGNED = 11
    LEASEUNKNOWN = 12
    LEASEACTIVE = 13
    BULKLEASEQUERY = 14
    LEASEQUERYDONE = 15
    ACTIVELEASEQUERY = 16
    LEASEQUERYSTATUS = 17
    TLS = 18


class NodeType(Registry):
    """RFC 2132, section 8.7."""

    B_NODE = 1
    P_NODE = 2
    M_NODE = 4
    H_NODE = 8


class Overload(Registry):
    """RFC 2132, section 9.3."""

    FILE_HOLDS_OPTIONS = 1
    SERVER_NAME_HOLDS_OPTIONS = 2
    BOTH_HOLD_OPTIONS = 3


class Architecture(Registry):
    """https://www.iana.org/assignments/dhcpv6-parameters (Processor Architecture Types)"""

    X86_BIOS = 0
    NEC_PC98 = 1
    ITANIUM = 2
    DEC_ALPHA = 3
    ARC_X86 = 4
    INTEL_LEAN_CLIENT = 5
    X86_UEFI = 6
    X64_UEFI = 7
    EFI_XSCALE = 8
    EBC = 9
    ARM_32_UEFI = 10
    ARM_64_UEFI = 11
    POWERPC_OPEN_FIRMWARE = 12
    POWERPC_EPAPR = 13
    X86_UEFI_HTTP = 15
    X64_UEFI_HTTP = 16
    EBC_HTTP = 17
    ARM_32_UEFI_HTTP = 18
    ARM_64_UEFI_HTTP = 19
    RISC_V_32_UEFI = 25
    RISC_V_64_UEFI = 27


@header("dhcp", "DHCP", "RFC 2131, section 2")
class DhcpHead(Header):
    """What every message starts with. The hardware address behind it has room for 16 bytes."""

    operation: int = unsigned(8, name="type", registry=Operation, default=Operation.REQUEST)
    hardware_type: int = unsigned(8, name="dhcp.hw.type", registry=HardwareType, default=HardwareType.ETHERNET)
    hardware_length: int = unsigned(8, name="dhcp.hw.len", unit="bytes", default=6)
    hops: int = unsigned(8, default=0)
    identifier: int = unsigned(32, "transaction identifier", name="id", style="hex", default=0)
    seconds: int = unsigned(16, name="secs", unit="s", default=0)
    broadcast: int = flag(name="dhcp.flags.bc", group=FLAGS, default=0)
    reserved: int = unsigned(15, name="dhcp.flags.reserved", style="hex", group=FLAGS, default=0)
    client: IPv4Address = ipv4_address("client address", name="dhcp.ip.client", default=NO_ADDRESS)
    yours: IPv4Address = ipv4_address("your address", name="dhcp.ip.your", default=NO_ADDRESS)
    server: IPv4Address = ipv4_address("next server's address", name="dhcp.ip.server", default=NO_ADDRESS)
    relay: IPv4Address = ipv4_address("relay agent's address", name="dhcp.ip.relay", default=NO_ADDRESS)


@header("dhcp", "DHCP", "RFC 2131, section 2")
class Dhcp(DhcpHead):
    """The same with a hardware address of 6 bytes, which is the rule."""

    hardware_address: bytes = mac_address("client hardware address", name="dhcp.hw.mac_addr", default=bytes(6))
    hardware_padding: bytes = octets(10, name="dhcp.hw.addr_padding", default=bytes(10))


@header("dhcp", "names", "RFC 2131, section 2")
class BootNames(Header):
    """Whom to boot from and what; either may be full of options instead (RFC 2132, section 9.3)."""

    server_name: bytes = text(64, "server host name", name="server", default=bytes(64))
    file_name: bytes = text(128, "boot file name", name="file", default=bytes(128))


class OptionCode(Registry):
    """https://www.iana.org/assignments/bootp-dhcp-parameters (BOOTP Vendor Extensions and DHCP Options)"""

    PAD = 0
    SUBNET_MASK = 1
    TIME_OFFSET = 2
    ROUTER = 3
    TIME_SERVER = 4
    NAME_SERVER = 5
    DOMAIN_SERVER = 6
    LOG_SERVER = 7
    QUOTES_SERVER = 8
    LPR_SERVER = 9
    IMPRESS_SERVER = 10
    RLP_SERVER = 11
    HOSTNAME = 12
    BOOT_FILE_SIZE = 13
    MERIT_DUMP_FILE = 14
    DOMAIN_NAME = 15
    SWAP_SERVER = 16
    ROOT_PATH = 17
    EXTENSION_FILE = 18
    FORWARD_ON_OFF = 19
    SRCRTE_ON_OFF = 20
    POLICY_FILTER = 21
    MAX_DG_ASSEMBLY = 22
    DEFAULT_IP_TTL = 23
    MTU_TIMEOUT = 24
    MTU_PLATEAU = 25
    MTU_INTERFACE = 26
    MTU_SUBNET = 27
    BROADCAST_ADDRESS = 28
    MASK_DISCOVERY = 29
    MASK_SUPPLIER = 30
    ROUTER_DISCOVERY = 31
    ROUTER_REQUEST = 32
    STATIC_ROUTE = 33
    TRAILERS = 34
    ARP_TIMEOUT = 35
    ETHERNET = 36
    DEFAULT_TCP_TTL = 37
    KEEPALIVE_TIME = 38
    KEEPALIVE_DATA = 39
    NIS_DOMAIN = 40
    NIS_SERVERS = 41
    NTP_SERVERS = 42
    VENDOR_SPECIFIC = 43
    NETBIOS_NAME_SERVER = 44
    NETBIOS_DISTRIBUTION_SERVER = 45
    NETBIOS_NODE_TYPE = 46
    NETBIOS_SCOPE = 47
    X_WINDOW_FONT = 48
    X_WINDOW_MANAGER = 49
    ADDRESS_REQUEST = 50
    ADDRESS_TIME = 51
    OVERLOAD = 52
    DHCP_MSG_TYPE = 53
    DHCP_SERVER_ID = 54
    PARAMETER_LIST = 55
    DHCP_MESSAGE = 56
    DHCP_MAX_MSG_SIZE = 57
    RENEWAL_TIME = 58
    REBINDING_TIME = 59
    CLASS_ID = 60
    CLIENT_ID = 61
    NETWARE_IP_DOMAIN = 62
    NETWARE_IP_OPTION = 63
    NIS_DOMAIN_NAME = 64
    NIS_SERVER_ADDR = 65
    SERVER_NAME = 66
    BOOTFILE_NAME = 67
    HOME_AGENT_ADDRS = 68
    SMTP_SERVER = 69
    POP3_SERVER = 70
    NNTP_SERVER = 71
    WWW_SERVER = 72
    FINGER_SERVER = 73
    IRC_SERVER = 74
    STREETTALK_SERVER = 75
    STDA_SERVER = 76
    USER_CLASS = 77
    DIRECTORY_AGENT = 78
    SERVICE_SCOPE = 79
    RAPID_COMMIT = 80
    CLIENT_FQDN = 81
    RELAY_AGENT_INFORMATION = 82
    ISNS = 83
    NDS_SERVERS = 85
    NDS_TREE_NAME = 86
    NDS_CONTEXT = 87
    BCMCS_DOMAIN_NAMES = 88
    BCMCS_ADDRESSES = 89
    AUTHENTICATION = 90
    CLIENT_LAST_TRANSACTION_TIME = 91
    ASSOCIATED_IP = 92
    CLIENT_SYSTEM = 93
    CLIENT_NDI = 94
    LDAP = 95
    UUID_GUID = 97
    USER_AUTH = 98
    GEOCONF_CIVIC = 99
    PCODE = 100
    TCODE = 101
    IPV6_ONLY_PREFERRED = 108
    DHCP4O6_S46_SADDR = 109
    NETINFO_ADDRESS = 112
    NETINFO_TAG = 113
    DHCP_CAPTIVE_PORTAL = 114
    AUTO_CONFIG = 116
    NAME_SERVICE_SEARCH = 117
    SUBNET_SELECTION = 118
    DOMAIN_SEARCH = 119
    SIP_SERVERS = 120
    CLASSLESS_STATIC_ROUTE = 121
    CCC = 122
    GEOCONF = 123
    V_I_VENDOR_CLASS = 124
    V_I_VENDOR_SPECIFIC_INFORMATION = 125
    PANA_AGENT = 136
    V4_LOST = 137
    CAPWAP_AC_V4 = 138
    IPV4_ADDRESS_MOS = 139
    IPV4_FQDN_MOS = 140
    SIP_UA_CONFIGURATION_SERVICE_DOMAINS = 141
    IPV4_ADDRESS_ANDSF = 142
    V4_SZTP_REDIRECT = 143
    GEOLOC = 144
    FORCERENEW_NONCE_CAPABLE = 145
    RDNSS_SELECTION = 146
    V4_DOTS_RI = 147
    V4_DOTS_ADDRESS = 148
    TFTP_SERVER_ADDRESS = 150
    STATUS_CODE = 151
    BASE_TIME = 152
    START_TIME_OF_STATE = 153
    QUERY_START_TIME = 154
    QUERY_END_TIME = 155
    DHCP_STATE = 156
    DATA_SOURCE = 157
    V4_PCP_SERVER = 158
    V4_PORTPARAMS = 159
    CAPTIVE_PORTAL_OBSOLETE = 160
    MUD_URL_V4 = 161
    V4_DNR = 162
    ETHERBOOT = 175
    IP_TELEPHONE = 176
    PXELINUX_MAGIC = 208
    CONFIGURATION_FILE = 209
    PATH_PREFIX = 210
    REBOOT_TIME = 211
    SIX_RD = 212
    V4_ACCESS_DOMAIN = 213
    SUBNET_ALLOCATION = 220
    VIRTUAL_SUBNET_SELECTION = 221
    PRIVATE_CLASSLESS_STATIC_ROUTE = 249
    PRIVATE_PROXY_AUTODISCOVERY = 252
    END = 255
