"""LANs full of real daemons of every protocol, with one host on all of them that only listens.

The identifiers of routers are 10.255.0.h for host number h. Configurations are the quickest that each daemon takes:
hellos each second, dead after four.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.lab.daemons import Bird, Daemon, Frr, Yard, require_daemons
from tests.lab.lan import Host, Lan, Lans, Port

KEY = "labkey"


@dataclass
class Village:
    """The LANs, their hosts by name, the one that listens, and the daemons by the names of their hosts."""

    lans: Lans
    watcher: Host
    yard: Yard
    frr: dict[str, Frr] = field(default_factory=dict)
    bird: dict[str, Bird] = field(default_factory=dict)
    others: dict[str, Daemon] = field(default_factory=dict)

    def host(self, name: str) -> Host:
        """A host by name."""
        node = self.lans.nodes[name]
        assert isinstance(node, Host)
        return node


def router_id(host: Host) -> str:
    """Its identifier in OSPF."""
    return f"10.255.0.{host.number}"


@contextmanager
def village() -> Iterator[Village]:
    """Build it, and start every daemon at the same time."""
    require_daemons()
    lans = Lans()
    ospf, odd, twins = (lans.lan(name) for name in ("ospf", "odd", "twins"))
    ra, rogue, rdisc = (lans.lan(name) for name in ("ra", "rogue", "rdisc"))
    igmp, pim, stub = lans.lan("igmp", is_querier=True), lans.lan("pim"), lans.lan("stub")
    vrrp, rip = lans.lan("vrrp"), lans.lan("rip")
    watcher = lans.plug("watcher", ospf, odd, twins, ra, rogue, rdisc, igmp, pim, vrrp, rip)
    places: dict[str, tuple[Lan | Port, ...]] = {
        **dict.fromkeys(("first", "second", "third"), (ospf,)),
        **dict.fromkeys(("plain", "slow", "dying", "elsewhere", "locked"), (odd,)),
        "narrow": (Port(odd, length=25),),
        "small": (Port(odd, mtu=1400),),
        **dict.fromkeys(("castor", "pollux"), (twins,)),
        **dict.fromkeys(("radvd", "zebra"), (ra,)),
        **dict.fromkeys(("one", "another"), (rogue,)),
        **dict.fromkeys(("irdp", "good", "better"), (rdisc,)),
        **dict.fromkeys(("smcroute", "joiner", "old"), (igmp,)),
        "frrpim": (pim, stub),
        "pimd": (pim, stub),
        **dict.fromkeys(("master", "backup", "vrrpd"), (vrrp,)),
        **dict.fromkeys(("ripd", "birdrip"), (rip,)),
    }
    for name, where in places.items():
        lans.plug(name, *where, forwards=name not in ("smcroute", "joiner", "old"))
    with lans, Yard() as yard:
        built = Village(lans, watcher, yard)
        yard.at_once(*(lambda start=start: start(built) for start in STARTS))
        yield built


def _ospf(it: Village) -> None:
    _ospf_of_frr(it, "first", 100, _BFD.format(peer=it.host("third").address()))
    third = it.host("third")
    it.bird["third"] = it.yard.bird(
        third,
        f"""
        router id {router_id(third)};
        protocol bfd {{ interface "ospf" {{ interval 300 ms; multiplier 5; }}; neighbor {it.host("first").address()}; }}
        protocol ospf v2 o4 {{ ipv4 {{ import all; export all; }}; area 0 {{ interface "ospf" {{
            hello 1; dead 4; wait 4; retransmit 2; priority 10;
            authentication cryptographic; password "{KEY}" {{ id 1; algorithm keyed md5; }}; }}; }}; }}
        protocol ospf v3 o6 {{ ipv6 {{ import all; export all; }};
            area 0 {{ interface "ospf" {{ hello 1; dead 4; wait 4; retransmit 2; priority 10; }}; }}; }}
        """,
    )


_BFD = "bfd / peer {peer} interface ospf / detect-multiplier 5 / receive-interval 300 / transmit-interval 300"


def _second(it: Village) -> None:
    _ospf_of_frr(it, "second", 50)


def _ospf_of_frr(it: Village, name: str, priority: int, bfd: str = "") -> None:
    host = it.host(name)
    timers = " / ".join(
        f"{{0}} ospf{{1}} {each}" for each in ("hello-interval 1", "dead-interval 4", "retransmit-interval 3")
    )
    timers = f"{timers} / {{0}} ospf{{1}} priority {priority}"
    secret = f"ip ospf authentication message-digest / ip ospf message-digest-key 1 md5 {KEY}"
    it.frr[name] = it.yard.frr(
        host,
        ospfd=f"interface ospf / ip ospf area 0 / {timers.format('ip', '')} / {secret} / "
        f"router ospf / ospf router-id {router_id(host)}",
        ospf6d=f"interface ospf / ipv6 ospf6 area 0 / {timers.format('ipv6', '6').replace('ospf6 ospf6', 'ospf6')} / "
        f"router ospf6 / ospf6 router-id {router_id(host)}",
        **({"bfdd": bfd} if bfd else {}),
    )


def _plain(it: Village) -> None:
    host = it.host("plain")
    timers = "ip ospf hello-interval 1 / ip ospf dead-interval 4 / ip ospf priority 200"
    it.frr["plain"] = it.yard.frr(
        host, ospfd=f"interface odd / ip ospf area 0 / {timers} / router ospf / ospf router-id {router_id(host)}"
    )


#: What each of those on the LAN "odd" has otherwise than "plain": interface options and the area.
ODD = {
    "slow": ("hello 2; dead 4; wait 4;", 0),
    "dying": ("hello 1; dead 8; wait 4;", 0),
    "elsewhere": ("hello 1; dead 4; wait 4;", 1),
    "locked": (f'hello 1; dead 4; wait 4; authentication simple; password "{KEY}";', 0),
    "narrow": ("hello 1; dead 4; wait 4;", 0),
    "small": ("hello 1; dead 4; wait 4;", 0),
}


def _odd(it: Village) -> None:
    for name, (options, area) in ODD.items():
        _ospf_of_bird(it, name, router_id(it.host(name)), options, area)


def _twins(it: Village) -> None:
    for name in ("castor", "pollux"):
        _ospf_of_bird(it, name, "10.255.0.222", "hello 1; dead 4; wait 4;", 0)


def _ospf_of_bird(it: Village, name: str, identifier: str, options: str, area: int) -> None:
    host = it.host(name)
    interface = f'interface "{host.main.name}" {{ priority 1; {options} }};'
    protocol = f"protocol ospf v2 o4 {{ ipv4 {{ import all; }}; area {area} {{ {interface} }}; }}"
    it.bird[name] = it.yard.bird(host, f"router id {identifier};\n{protocol}")


RADVD = """
    interface ra {
        AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 600; AdvDefaultPreference high;
        AdvCurHopLimit 63; AdvManagedFlag on; AdvOtherConfigFlag on; AdvLinkMTU 1480;
        AdvReachableTime 30000; AdvRetransTimer 1000;
        prefix fd00:9::/64 { AdvValidLifetime 7200; AdvPreferredLifetime 3600; };
        prefix fd00:a::/64 { AdvOnLink on; AdvAutonomous off; AdvValidLifetime 5000; AdvPreferredLifetime 4000; };
        route fd00:b::/48 { AdvRoutePreference low; AdvRouteLifetime 900; };
        RDNSS fd00:9::53 fd00:9::54 { AdvRDNSSLifetime 700; };
        DNSSL lab.example other.example { AdvDNSSLLifetime 800; };
    };
"""


def _radvd(it: Village) -> None:
    it.others["radvd"] = it.yard.radvd(it.host("radvd"), RADVD)


#: The same as radvd says, in zebra's words, as far as RFC 4861, section 6.2.7 wants routers to agree.
ZEBRA = """
    interface ra
    no ipv6 nd suppress-ra
    ipv6 nd ra-interval 2
    ipv6 nd ra-lifetime 1200
    ipv6 nd ra-hop-limit 63
    ipv6 nd ra-retrans-interval 1000
    ipv6 nd reachable-time 30000
    ipv6 nd managed-config-flag
    ipv6 nd other-config-flag
    ipv6 nd mtu 1480
    ipv6 nd router-preference low
    ipv6 nd prefix fd00:9::/64 7200 3600
    ipv6 nd rdnss fd00:9::53 500
    ipv6 nd rdnss fd00:9::54 500
    ipv6 nd dnssl lab.example 400
    ipv6 nd dnssl other.example 400
"""


def _zebra(it: Village) -> None:
    it.frr["zebra"] = it.yard.frr(it.host("zebra"), zebra=ZEBRA)


def _rogue(it: Village) -> None:
    it.others["one"] = it.yard.radvd(
        it.host("one"),
        """
        interface rogue { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvCurHopLimit 64;
            AdvDefaultLifetime 600; AdvLinkMTU 1500; prefix fd78:0:0:5::/64 { }; };
        """,
    )
    it.bird["another"] = it.yard.bird(
        it.host("another"),
        """
        router id 10.255.0.99;
        protocol radv { interface "rogue" { min ra interval 3; max ra interval 4; default lifetime 500;
            current hop limit 32; link mtu 1280; managed yes;
            prefix fd78:0:0:5::/64 { valid lifetime 100; preferred lifetime 50; };
            rdnss fd00:c::53; dnssl "bird.example"; }; }
        """,
    )


def _discovery(it: Village) -> None:
    irdp = "ip irdp multicast / ip irdp minadvertinterval 3 / ip irdp maxadvertinterval 4 / ip irdp holdtime 12"
    it.frr["irdp"] = it.yard.frr(it.host("irdp"), modules="zebra_irdp", zebra=f"interface rdisc / {irdp}")
    for name, lifetime, levels in (("good", "600", (-5,)), ("better", "1800", (0, 7))):
        host = it.host(name)
        pairs = [f"{host.address()}={levels[0]}", *(f"{host.main.address(200)}={level}" for level in levels[1:])]
        it.others[name] = speak(it.yard, host, "discovery", "2", lifetime, *pairs)


def _groups(it: Village) -> None:
    smcroute = "phyint igmp enable / mgroup from igmp group 239.7.7.7"
    it.others["smcroute"] = it.yard.smcroute(it.host("smcroute"), smcroute)
    it.others["joiner"] = speak(
        it.yard,
        it.host("joiner"),
        "member",
        "239.7.7.7",
        "239.8.8.8",
        "232.1.1.1=10.0.0.1",
        "ff15::77",
        "ff35::1=fd00::1",
    )
    old = it.host("old")
    old.run("sysctl", "-qw", "net.ipv4.conf.all.force_igmp_version=2", "net.ipv6.conf.all.force_mld_version=1")
    it.others["old"] = speak(it.yard, old, "member", "239.9.9.9", "ff15::99")


def _multicast(it: Village) -> None:
    igmp = "ip igmp / ip igmp query-max-response-time 20 / ip igmp query-interval 5"
    it.frr["frrpim"] = it.yard.frr(
        it.host("frrpim"), pimd=f"interface pim / ip pim / ip pim hello 1 30 / ip pim drpriority 7 / {igmp}"
    )


#: pimd 2.3 writes its query interval into the tenth byte of all IGMP messages, of answers to mrinfo as well, behind the
#: checksum: there it stands in place of the second byte of its first address, which is 78 here.
PIMD = """
    hello-interval 5
    igmp-query-interval 78
    phyint pim igmpv3
    phyint stub
    rp-candidate
    bsr-candidate priority 5
"""


def _pimd(it: Village) -> None:
    it.others["pimd"] = it.yard.pimd(it.host("pimd"), PIMD)


def _redundancy(it: Village) -> None:
    vrrp = it.host("master").main
    for name, priority in (("master", 150), ("backup", 100)):
        it.others[name] = it.yard.keepalived(
            it.host(name),
            "\n".join(
                f"vrrp_instance {title} {{ state BACKUP\n interface vrrp\n version {version}\n"
                f"virtual_router_id {group}\n priority {priority}\n advert_int {interval}\n"
                f"virtual_ipaddress {{ {addresses} }} }}"
                for title, version, group, interval, addresses in (
                    ("V2", 2, 51, "1", f"{vrrp.address(151)}/24"),
                    ("V3", 3, 52, "0.25", f"{vrrp.address(152)}/24"),
                    ("V6", 3, 61, "0.25", f"{vrrp.link_local(61)}/64\n{vrrp.address(161, 6)}/64"),
                )
            ),
        )


def _vrrpd(it: Village) -> None:
    host = it.host("vrrpd")
    words = ""
    for family, mac, address, length in (
        ("", "00:00:5e:00:01:05", host.main.address(105), "24"),
        ("v6", "00:00:5e:00:02:05", host.main.link_local(105), "64 nodad"),
    ):
        host.ip(
            f"link add virtual{family} link vrrp address {mac} type macvlan mode bridge",
            f"link set virtual{family} addrgenmode none",
            f"addr add {address}/{length} dev virtual{family}",
            f"link set virtual{family} up",
        )
        words += f" / vrrp 5 ip{family} {address}"
    it.frr["vrrpd"] = it.yard.frr(
        host, vrrpd=f"interface vrrp / vrrp 5 / vrrp 5 advertisement-interval 500 / vrrp 5 priority 200{words}"
    )


def _rip(it: Village) -> None:
    ripd, bird = it.host("ripd"), it.host("birdrip")
    ripd.ip("addr add 192.0.2.1/32 dev lo", "addr add 2001:db8:1::1/128 dev lo nodad")
    words = "network rip / timers basic 5 30 20 / redistribute connected"
    it.frr["ripd"] = it.yard.frr(ripd, ripd=f"router rip / {words}", ripngd=f"router ripng / {words}")
    bird.ip("addr add 198.51.100.1/32 dev lo", "addr add 2001:db8:2::1/128 dev lo nodad")
    timers = "update time 2; timeout time 12; garbage time 8;"
    it.bird["birdrip"] = it.yard.bird(
        bird,
        f"""
        router id {router_id(bird)};
        protocol direct {{ ipv4; ipv6; }}
        protocol rip r4 {{ ipv4 {{ import all; export all; }};
            interface "rip" {{ version 2; mode multicast; {timers} }}; }}
        protocol rip ng r6 {{ ipv6 {{ import all; export all; }}; interface "rip" {{ {timers} }}; }}
        """,
    )


def speak(yard: Yard, host: Host, who: str, *words: str) -> Daemon:
    """Start one of the speakers of `tests.lab.speakers` on a host's first interface."""
    return yard.python(host, f"{who}-{len(words)}", "tests.lab.speakers", who, host.main.name, *words)


STARTS = (
    _discovery, _ospf, _second, _plain, _odd, _twins, _radvd, _zebra, _rogue, _groups, _multicast, _pimd, _redundancy,
    _vrrpd, _rip,
)  # fmt: skip
