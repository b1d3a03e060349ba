"""Whatever is sent, the simulation neither raises nor answers what no router would, nor runs for ever."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.datagram import Outgoing
from app.net.simulated.internet import Internet
from app.net.simulated.network import DEFAULT, open_simulation
from app.net.simulated.reading import read_scenario
from app.packet.compose import Address, Envelope, icmp_protocol, ip_datagram
from tests.simulated.probing import echo, is_sound

SCENARIO = read_scenario(DEFAULT)
ADDRESSES = [address for node in SCENARIO.nodes.values() for address in node.addresses]
IPV4 = [address for address in ADDRESSES if address.version == 4]
IPV6 = [address for address in ADDRESSES if address.version == 6]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_taken(data: bytes) -> None:
    Internet(SCENARIO, "1").send(data, 0)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(*(st.tuples(st.sampled_from(known), st.sampled_from(known)) for known in (IPV4, IPV6))),
    st.integers(0, 255),
    st.sampled_from([0, 1, 2, 6, 17, 43, 44, 50, 58, 59, 60, 132]),
    st.binary(max_size=120),
)
def test_any_datagram_gets_only_sound_answers(
    ends: tuple[Address, Address], ttl: int, protocol: int, body: bytes
) -> None:
    data = ip_datagram(Envelope(*ends, ttl=ttl), protocol, body)
    arrivals = Internet(SCENARIO, "1").send(data, 0)
    assert all(is_sound(arrival.data) for arrival in arrivals)
    assert len(arrivals) <= 4


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["nat.example", "mpls.example", "v6.example", "firewalled.example"]), st.data())
def test_damaged_probe_does_no_harm(host: str, data: st.DataObject) -> None:
    link = open_simulation(None, virtual=True).link()
    address = open_simulation(None, virtual=True).resolve(host)[0]
    probe = bytearray(echo(link, str(address), ttl=data.draw(st.integers(0, 20))))
    for at in data.draw(st.lists(st.integers(0, len(probe) - 1), max_size=4)):
        probe[at] = data.draw(st.integers(0, 255))
    link.send([Outgoing(1, address, bytes(probe))])
    assert len(link.receive(link.now())) == 1


def test_icmp_error_is_never_answered_by_an_error() -> None:
    internet = Internet(SCENARIO, "1")
    for source, destination, error in ((IPV4[0], IPV4[-1], b"\x0b\0"), (IPV6[0], IPV6[-1], b"\x03\0")):
        body = error + bytes(40)
        data = ip_datagram(Envelope(source, destination, ttl=2), icmp_protocol(source), body)
        assert internet.send(data, 0) == []
