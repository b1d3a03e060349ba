"""All that listens and sends by hand, on a host that speaks no IPv6."""

from ipaddress import ip_address

import pytest

from app.engine.datagram import Departure, Failure
from app.engine.errors.snapshot import Flow
from app.engine.hearing import Ear, Hearing
from app.net.link import LinkError
from app.net.options import LinkOptions
from app.net.real import open_network
from tests.net.families import without_ipv6
from tests.net.listening import datagram, outgoing, pair

RAW = Hearing(protocols=("ospf",), interfaces=("near",), ear=Ear.RAW)


@pytest.mark.parametrize("hearing", [Hearing(interfaces=("near",)), RAW], ids=["packet", "raw"])
def test_what_cannot_be_spoken_is_not_sent_and_the_rest_goes_on(hearing: Hearing) -> None:
    def work() -> None:
        network = open_network(LinkOptions(engines=1, ears=1, hearing=hearing))
        link = network.listen(hearing)
        link.send(
            [outgoing(1, datagram("fe80::1", "ff02::5", 89)), outgoing(2, datagram("192.0.2.1", "224.0.0.5", 89))]
        )
        told = {type(event): event for event in link.receive(link.now())}
        link.close()
        network.close()
        failure, departure = told[Failure], told[Departure]
        assert isinstance(failure, Failure)
        assert isinstance(departure, Departure)
        assert (failure.token, failure.errno) == (1, "EAFNOSUPPORT")
        assert departure.token == 2

    with pair():
        without_ipv6(work)


def test_there_is_no_address_to_send_from() -> None:
    def work() -> None:
        network = open_network(LinkOptions(engines=0, ears=1))
        link = network.listen(Hearing())
        with pytest.raises(LinkError, match="its IP version is not in use here"):
            link.source(ip_address("2001:db8::1"))
        link.close()
        network.close()

    with pair():
        without_ipv6(work)


def test_the_kernel_is_asked_about_ipv4_all_the_same() -> None:
    def work() -> None:
        network = open_network(LinkOptions(engines=0, errors=True))
        flow = Flow(17, ip_address("2001:db8::1"), ip_address("2001:db8::2"), 5300, 53)
        assert network.kernel().owner(flow) is None
        around = network.surroundings()
        network.close()
        assert around.missing == ""
        assert "near" in [interface.name for interface in around.interfaces]

    with pair():
        without_ipv6(work)
