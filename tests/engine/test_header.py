"""The IP header of a flow's probes is what the compiled layouts make of the same envelope."""

from dataclasses import replace
from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from app.engine.header import Header
from app.packet.compose import Envelope, ip_datagram
from app.packet.registry import Protocol


@given(ttl=st.integers(1, 255), identification=st.integers(0, 0xFFFF), size=st.integers(8, 1_480))
def test_a_header_is_the_one_that_its_datagram_has_by_itself(ttl: int, identification: int, size: int) -> None:
    for here, there in (("10.0.0.1", "198.18.0.1"), ("fd66::2", "fd66::1")):
        envelope = Envelope(ip_address(here), ip_address(there), dscp=46, dont_fragment=True, flow_label=0xABCDE)
        if envelope.source.version == 6:
            envelope = replace(envelope, dont_fragment=False)
        header = Header(envelope, Protocol.UDP, size)

        whole = ip_datagram(replace(envelope, ttl=ttl, identification=identification), Protocol.UDP, bytes(size))

        assert header(ttl, identification) + bytes(size) == whole
