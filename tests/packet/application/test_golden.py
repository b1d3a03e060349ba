"""Messages that tshark has read too: every field it shows must be one of ours, of its name and at the same bits.

golden.jsonl holds frames of Ethernet with where each came from (daemons and clients in network namespaces, and
scapy) and the fields of its application layers by tshark 4.0.17, which gave names, byte ranges and bit masks.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.packet.dissect import dissect
from app.packet.dissection import every
from app.packet.link.linktype import LinkType

GOLDEN = Path(__file__).parent / "golden.jsonl"

#: Fields that tshark has and we do not, by name, with the reason.
LEFT_OUT = {
    "dns.qry.name.len": "is computed from the name",
    "dns.count.labels": "is computed from the name",
    "dns.dnskey.flags.reserved": "its mask covers bits that are not reserved (RFC 4034, section 2.1.1)",
    "dns.data": "URI is taken apart here (RFC 7553)",
    "dns.x25.length": "the string is longer than the record",
    "dns.idsn.length": "the string is longer than the record",
    "dns.srv.service": "is part of the owner's name",
    "dns.srv.proto": "is part of the owner's name",
    "dns.srv.name": "is part of the owner's name",
    "snmp.var-bind_str": "is the value once more",
    "ntp.priv.numitems": "covers the error code too",
    "ntp.priv.itemsize": "covers the reserved bits too",
    "dhcp.option.vi.tr111.suboption": "belongs to one vendor",
    "dhcp.option.vi.tr111.device_manufacturer_oui": "belongs to one vendor",
}


@cache
def golden() -> list[dict[str, Any]]:
    return [json.loads(line) for line in GOLDEN.read_text().splitlines()]


@pytest.mark.parametrize("number", range(len(GOLDEN.read_text().splitlines())))
def test_every_field_of_tshark_is_one_of_ours_at_the_same_bits(number: int) -> None:
    packet = golden()[number]

    dissection = dissect(bytes.fromhex(packet["hex"]), LinkType.ETHERNET)

    ours = {
        (span.field.name, span.start_bit, span.stop_bit - span.start_bit)
        for layer in dissection.layers
        for span in every(layer.spans)
    }
    wanted = [field for field in packet["fields"] if field.split()[0] not in LEFT_OUT]
    assert [field for field in wanted if place(field) not in ours] == []


def test_no_message_of_a_daemon_contradicts_itself() -> None:
    daemons = [packet for packet in golden() if packet["origin"].startswith("real2")]

    notes = [dissect(bytes.fromhex(packet["hex"]), LinkType.ETHERNET).notes for packet in daemons]

    assert len(daemons) > 30
    assert [note for found in notes for note in found if "checksum" not in note.text] == []


def place(field: str) -> tuple[str, int, int]:
    """Name, first bit and number of bits of "NAME B byte bytes" or "NAME b bit bits"."""
    name, unit, start, count = field.split()
    scale = 8 if unit == "B" else 1
    return name, int(start) * scale, int(count) * scale
