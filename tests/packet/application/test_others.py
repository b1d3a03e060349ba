"""NTP, TFTP and SNMP: the lines of the list, times in words, and authentication."""

import struct

import pytest

from app.packet.application.ber import object_identifier, read_tlv
from app.packet.application.ntpheader import Ntp, timestamp
from tests.packet.application.messages import read, values

GET = bytes.fromhex("302602010104067075626c6963a019020204d2020100020100300d300b06072b0601020101010500")


def test_a_server_tells_its_stratum() -> None:
    head = Ntp(mode=4, stratum=2, reference=bytes([192, 0, 2, 1]), transmitted=3_900_000_000 << 32 | 1 << 31)
    dissection = read(head.build(), 123)

    assert dissection.summary == "NTPv4 server, stratum 2"
    transmitted = next(dissection.spans_named("ntp.xmt"))
    assert transmitted.shown == "2023-08-02 21:20:00.500000000 UTC"
    assert next(dissection.spans_named("ntp.refid")).shown.endswith("192.0.2.1")


def test_a_kiss_of_death_says_its_code() -> None:
    assert read(Ntp(mode=4, reference=b"RATE").build(), 123).summary == "NTPv4 server, kiss-o'-death RATE"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "none"),
        (2_208_988_800 << 32, "1970-01-01 00:00:00.000000000 UTC"),
        ((1 << 64) - 1, "2036-02-07 06:28:15.999999999 UTC"),
        (1 << 32, "2036-02-07 06:28:17.000000000 UTC"),
    ],
)
def test_times_of_both_eras_are_dates(value: int, words: str) -> None:
    assert timestamp(value) == words


def test_extension_fields_end_where_the_authentication_starts() -> None:
    extension = struct.pack("!HH", 0x0104, 28) + bytes(24)
    dissection = read(Ntp().build() + extension + b"\0\0\0\7" + bytes(16), 123)

    assert values(dissection, "ntp.ext.length") == [28]
    assert values(dissection, "ntp.keyid") == [b"\0\0\0\7"]
    assert values(dissection, "ntp.mac") == [bytes(16)]


def test_variables_of_a_control_message_are_told_apart() -> None:
    data = b'version="ntpd, 4.2", stratum=3'
    dissection = read(b"\x16\x82" + struct.pack("!5H", 1, 0, 0, 0, len(data)) + data, 123)

    assert values(dissection, "ntp.ctrl.variable.name") == ["version", "stratum"]
    assert values(dissection, "ntp.ctrl.variable.value") == ['"ntpd, 4.2"', "3"]


def test_a_request_for_a_file_names_it() -> None:
    dissection = read(b"\0\1x\0octet\0blksize\x001428\0", 69)

    assert dissection.summary == 'TFTP read request "x"'
    assert values(dissection, "tftp.option.value") == ["1428"]


def test_a_request_for_a_variable_names_it() -> None:
    dissection = read(GET, 161)

    assert dissection.summary == "SNMPv2c get-request 1 variable"
    assert values(dissection, "snmp.request_id") == [1234]
    assert values(dissection, "snmp.name") == ["1.3.6.1.2.1.1.1"]


def test_what_is_no_snmp_is_data() -> None:
    assert [layer.name for layer in read(b"\x30\x84\xff\xff\xff\xff", 161).layers] == ["ip", "udp", "data"]


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x80\0\0", b"\x30\x85\0\0\0\0\0", b"\x1f\1\0", b"\x30\2\0"])
def test_an_element_that_does_not_fit_is_none(data: bytes) -> None:
    assert read_tlv(data, 0, len(data)) is None


def test_an_object_identifier_has_dots() -> None:
    assert object_identifier(bytes.fromhex("2b06010401bf08")) == "1.3.6.1.4.1.8072"
