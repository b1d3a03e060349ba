"""A second place, where things change as the page listens: who stops, is taken over, lies, comes back."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.lab.daemons import Daemon, Yard, require_daemons
from tests.lab.lan import Host, Lan, Lans
from tests.lab.neighbours.page import Page, listen, until_listening
from tests.lab.neighbours.village import router_id, speak

SECONDS = 8
#: When things change, in seconds after the page has begun to listen.
CHANGE, RETURN = 2.5, 3.5


@dataclass
class Hamlet:
    """The LANs, their hosts, the one that listens, and what runs there by name."""

    lans: Lans
    watcher: Host
    yard: Yard
    daemons: dict[str, Daemon] = field(default_factory=dict)

    def host(self, name: str) -> Host:
        """A host by name."""
        node = self.lans.nodes[name]
        assert isinstance(node, Host)
        return node

    def lan(self, name: str) -> Lan:
        """A LAN by name."""
        return self.lans.lans[name]


@contextmanager
def hamlet() -> Iterator[Hamlet]:
    """Build it, all daemons at work."""
    require_daemons()
    lans = Lans()
    comes, radvd, forged, vrrp = (lans.lan(name) for name in ("comes", "leaving", "forged", "vrrp"))
    igmp, lldp, ospf, pim = lans.lan("igmp", is_querier=True), lans.lan("lldp"), lans.lan("ospf"), lans.lan("pim")
    watcher = lans.plug("watcher", comes, radvd, forged, vrrp, igmp, lldp, ospf, pim)
    for name, lan in (
        ("beacon", comes),
        ("leaver", radvd),
        ("forger", forged),
        ("stranger", forged),
        ("honest", forged),
        ("master", vrrp),
        ("backup", vrrp),
        ("raised", vrrp),
        ("stays", igmp),
        ("leaves", igmp),
        ("rival", igmp),
        ("switch1", lldp),
        ("evil", lldp),
        ("killed", ospf),
        ("survivor", ospf),
        ("gone", pim),
    ):
        lans.plug(name, lan, forwards=True)
    with lans, Yard() as yard:
        built = Hamlet(lans, watcher, yard)
        _speakers(built)
        _routers(built)
        _keepalived(built)
        yield built


def _speakers(it: Hamlet) -> None:
    forged = it.lan("forged")
    for name, words in {
        "beacon": ("lldp", "chassis-7", "port-1", "beacon.lab", "120"),
        "switch1": ("lldp", "core-1", "ge-0/0/7", "switch1.lab", "120"),
        "evil": ("lldp", "core-2", "xe-1", r"\x1b[31mred\x1b]0;title\x07\n[bold]name[/bold]", "120"),
        "forger": ("forger", forged.link_local(it.host("forger").number), "64"),
        "stranger": ("forger", "2001:db8::bad", "255"),
        "stays": ("member", "239.1.1.1", "239.2.2.2", "ff15::1"),
        "leaves": ("member", "239.1.1.1", "239.3.3.3", "ff15::1", "ff15::3"),
    }.items():
        it.daemons[name] = speak(it.yard, it.host(name), *words)


_RADVD = """
    interface {lan} {{ AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvDefaultLifetime 600;
        prefix fd00:e::/64 {{ }}; }};
"""


def _routers(it: Hamlet) -> None:
    for name in ("leaver", "honest"):
        host = it.host(name)
        it.daemons[name] = it.yard.radvd(host, _RADVD.format(lan=host.main.name))
    for name in ("killed", "survivor"):
        host = it.host(name)
        interface = 'interface "ospf" { hello 1; dead 2; wait 2; };'
        protocol = f"protocol ospf v2 o4 {{ ipv4 {{ import all; }}; area 0 {{ {interface} }}; }}"
        it.daemons[name] = it.yard.bird(host, f"router id {router_id(host)};\n{protocol}").daemon
    it.daemons["gone"] = it.yard.frr(it.host("gone"), pimd="interface pim / ip pim / ip pim hello 1").daemons["pimd"]


KEEPALIVED = """
vrrp_instance {name} {{
    state BACKUP
    interface vrrp
    version 3
    virtual_router_id {group}
    priority {priority}
    advert_int 0.25
    virtual_ipaddress {{ 10.78.4.{group}/24 }}
}}
"""


def _keepalived(it: Hamlet) -> None:
    for name, group, priority in (("master", 71, 150), ("backup", 71, 100), ("raised", 72, 90)):
        words = KEEPALIVED.format(name=name, group=group, priority=priority)
        it.daemons[name] = it.yard.keepalived(it.host(name), words)


def change(it: Hamlet) -> Page:
    """Run the page, and let everything change while it listens."""
    with ThreadPoolExecutor() as pool:
        running = pool.submit(listen, it.watcher, SECONDS)
        until_listening(it.watcher)
        begun = time.monotonic()
        _sleep_until(begun + CHANGE)
        it.daemons["killed"].kill()
        it.lans.unplug(it.watcher)
        it.daemons["rival"] = speak(it.yard, it.host("rival"), "querier", it.lan("igmp").address(200), "1")
        raised = KEEPALIVED.format(name="raised", group=72, priority=222)
        it.yard.file(it.host("raised"), "keepalived.conf").write_text(raised)
        it.daemons["raised"].signal(signal.SIGHUP)
        list(pool.map(lambda name: it.daemons[name].terminate(), ("leaver", "master", "leaves", "gone", "switch1")))
        _sleep_until(begun + RETURN)
        it.lans.replug(it.watcher)
        return running.result()


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
