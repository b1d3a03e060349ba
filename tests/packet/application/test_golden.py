"""Messages that tshark has read too: every field it shows must be one of ours, of its name and at the same bits.

golden.jsonl holds frames of Ethernet with where each came from (daemons and clients in network namespaces, and
scapy) and the fields of its application layers by tshark 4.0.17, which gave names, byte ranges and bit masks.
"""

from pathlib import Path

import pytest

from tests.packet.golden import golden, missing, opened

PACKETS = golden(Path(__file__).parent / "golden.jsonl")
NUMBERS = range(len(PACKETS))

#: Fields that tshark has and we do not, by name, with the reason.
LEFT_OUT = {
    "dns.qry.name.len": "is computed from the name",
    "dns.count.labels": "is computed from the name",
    "dns.dnskey.flags.reserved": "its mask covers bits that are not reserved (RFC 4034, section 2.1.1)",
    "dns.data": "URI is taken apart here (RFC 7553)",
    "dns.srv.service": "is part of the owner's name",
    "dns.srv.proto": "is part of the owner's name",
    "dns.srv.name": "is part of the owner's name",
    "snmp.var-bind_str": "is the value once more",
}


@pytest.mark.parametrize("number", NUMBERS)
def test_every_field_of_tshark_is_one_of_ours_by_name_at_the_same_bits(number: int) -> None:
    assert missing(PACKETS[number], LEFT_OUT) == []


def test_no_message_of_a_daemon_contradicts_itself() -> None:
    daemons = [packet for packet in PACKETS if packet["from"].startswith("real2")]

    notes = [opened(packet).notes for packet in daemons]

    assert len(daemons) > 30
    assert [note for found in notes for note in found if "checksum" not in note.text] == []
