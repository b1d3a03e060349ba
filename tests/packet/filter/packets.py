"""Packets that the tests of filters ask about, dissected once."""

from app.packet.dissect import dissect
from app.packet.link.linktype import LinkType
from tests.packet import probes

UDP = dissect(probes.udp_probe(4))
TCP = dissect(probes.tcp_probe(4, bytes.fromhex("020405b4 0101080a 00000001 00000002")))
ECHO = dissect(probes.echo_request(4))
ECHO6 = dissect(probes.echo_request(6))
ERROR = dissect(probes.error(4, probes.tcp_probe(4), mpls=probes.STACK))
ERROR6 = dissect(probes.error(6, probes.udp_probe(6)))
ETHERNET = dissect(bytes.fromhex("0123456789ab 00005e005301 0800") + probes.udp_probe(4), LinkType.ETHERNET)
WRONG = dissect(probes.echo_request(4)[:-1] + b"!")
ALL = (UDP, TCP, ECHO, ECHO6, ERROR, ERROR6, ETHERNET, WRONG)
