"""SCTP, written from RFC 9260 and its extensions."""

import pytest

from app.packet.dissect import dissect
from app.packet.registry import Protocol
from app.packet.transport.crc32c import crc32c
from tests.packet.link.frames import shown, texts
from tests.packet.routing.datagrams import ip

HEAD = "0b590b5a 11223344"
INIT_BODY = "aabbccdd 00010000 000a 0800 000003e8"
DATA = "0003 0013 000003e8 0003 0007 00000000 616263 00"


def sctp(chunks: str) -> bytes:
    """A packet whose checksum is right."""
    message = bytes.fromhex(f"{HEAD} 00000000 {chunks}")
    return ip(Protocol.SCTP, (message[:8] + crc32c(message).to_bytes(4, "little") + message[12:]).hex())


def chunk(kind: int, body: str, flags: int = 0) -> str:
    """A chunk whose length is right, and its padding."""
    size = len(bytes.fromhex(body))
    return f"{kind:02x}{flags:02x}{size + 4:04x}{body}{'00' * (-size % 4)}"


def test_the_check_value_of_the_polynomial() -> None:
    # the CRC32c of "123456789" that catalogues of CRCs give
    assert crc32c(b"123456789") == 0xE3069283


@pytest.mark.parametrize(
    ("chunks", "words"),
    [
        (chunk(1, INIT_BODY), "INIT, tag 0xaabbccdd"),
        (chunk(2, f"{INIT_BODY} 0007000c 6162636465666768"), "INIT ACK, tag 0xaabbccdd"),
        (DATA, "DATA, TSN 1000, stream 3, 3 bytes"),
        (chunk(3, "000003e8 00010000 0001 0000 00020003"), "SACK, 1000, 1 gaps"),
        (chunk(4, "0001000861626364"), "HEARTBEAT"),
        (chunk(6, "000c0007627965 00"), "ABORT, user initiated abort"),
        (chunk(9, "000100080003 0000"), "ERROR, invalid stream identifier 3"),
        (chunk(7, "000003e8"), "SHUTDOWN, 1000"),
        (chunk(10, "616263"), "COOKIE ECHO"),
        (f"{chunk(11, '')} {DATA}", "COOKIE ACK; DATA, TSN 1000, stream 3, 3 bytes"),
        (chunk(15, f"0005 0001 {'ab' * 20}"), "AUTH, key 5"),
        (chunk(64, "000003e8 0003 0000 00000007 00000035 6162", 3), "I DATA, TSN 1000, stream 3, 2 bytes"),
        (chunk(130, "000f0008 00000001"), "RE CONFIG, ssn tsn reset request 1"),
        (chunk(192, "000007d0 0001 0002"), "FORWARD TSN, 2000"),
        (chunk(193, "00000007 c0010010 00000003 00050008 0a000001"), "ASCONF, add ip address ipv4 address 10.0.0.1"),
        (chunk(63, "6162"), "chunk 63"),
    ],
)
def test_what_a_packet_says(chunks: str, words: str) -> None:
    dissection = dissect(sctp(chunks))

    assert dissection.summary == f"SCTP {words}, ports 2905 → 2906"
    assert texts(dissection) == []
    assert dissection.checks[-1].status.value == "good"


def test_a_wrong_checksum_says_the_right_one() -> None:
    data = sctp(DATA)
    right = data[28:32].hex()

    dissection = dissect(data[:28] + b"\1\2\3\4" + data[32:])

    assert dissection.checks[-1].status.value == "bad"
    assert texts(dissection) == [f"checksum 0x01020304 is wrong, it should be 0x{right}"]


@pytest.mark.parametrize(
    ("parameter", "name", "words"),
    [
        ("00050008 0a000005", "sctp.parameter_ipv4_address", "10.0.0.5"),
        ("00090008 000003e8", "sctp.parameter_cookie_preservative_incr", "1000 ms"),
        ("000b0009 686f737400 000000", "sctp.parameter_hostname", "host"),
        ("000c0006 0005 0000", "sctp.parameter_supported_address_type", "5  ipv4 address"),
        ("80080006 c182 0000", "sctp.supported_chunk_type", "193  ASCONF"),
        ("c0060008 01020304", "sctp.adaptation_layer_indication", "0x01020304"),
        ("4242 0007 616263 00", "sctp.parameter_value", "616263"),
    ],
)
def test_what_a_parameter_says(parameter: str, name: str, words: str) -> None:
    dissection = dissect(sctp(chunk(1, f"{INIT_BODY} {parameter}")))

    assert shown(dissection, name)[0] == words
    assert texts(dissection) == []


def test_causes_hold_parameters_and_chunks() -> None:
    dissection = dissect(sctp(chunk(9, f"0006000c {chunk(63, '616263')} 0005 000c 00050008 0a000005")))

    assert shown(dissection, "sctp.chunk_value") == ["616263"]
    assert shown(dissection, "sctp.parameter_ipv4_address") == ["10.0.0.5"]


def test_parameters_within_parameters_come_to_an_end() -> None:
    nested = "".join(f"0008{4 * (500 - depth):04x}" for depth in range(500))

    dissection = dissect(sctp(chunk(1, f"{INIT_BODY} {nested}")))

    assert len(shown(dissection, "sctp.parameter")) == 5


def test_chunks_without_end_come_to_an_end() -> None:
    dissection = dissect(sctp("08000004" * 5000))

    assert dissection.summary.endswith("cut short")
    assert "more than 2000 parts: the rest is not shown" in texts(dissection)


@pytest.mark.parametrize("chunks", ["03000002", "0300ffff 00000000", "03", "0003000c 0000000000000000"])
def test_a_chunk_that_cannot_be_raises_nothing(chunks: str) -> None:
    assert dissect(sctp(chunks)).protocol == "sctp"


def test_eight_quoted_bytes_name_ports_and_tag() -> None:
    quoted = "45000040000000004084 0000 0a000001 0a000002" + HEAD

    dissection = dissect(ip(Protocol.ICMP, f"03020000 00000000 {quoted}"))

    assert dissection.layers[-1].summary == "SCTP, ports 2905 → 2906, tag 0x11223344"
