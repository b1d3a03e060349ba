"""What SCTP's chunks look like (RFC 9260, section 3, and its extensions)."""

from app.packet.layout import Field, Header, header, unsigned
from app.packet.transport.sctptypes import ChunkType, HmacIdentifier, PayloadProtocol

TITLE = "Stream Control Transmission Protocol"


def bit(name: str, label: str, offset: int) -> Field:
    """One bit of a field, `offset` bits behind its start."""
    return Field("", name, label, offset, 1, "unsigned", style="flag")


#: RFC 9260, section 3.2: what to do with a chunk of a type that one does not know.
_UNKNOWN = (bit("sctp.chunk_bit_1", "skip if unknown", 0), bit("sctp.chunk_bit_2", "report if unknown", 1))
_DATA_BITS = (
    bit("sctp.data_i_bit", "acknowledge at once", 4),
    bit("sctp.data_u_bit", "unordered", 5),
    bit("sctp.data_b_bit", "beginning", 6),
    bit("sctp.data_e_bit", "end", 7),
)


@header("sctp", TITLE, "RFC 9260, section 3.1")
class Sctp(Header):
    """The common header; its checksum is a CRC32c."""

    source_port: int = unsigned(16, name="srcport")
    destination_port: int = unsigned(16, name="dstport")
    tag: int = unsigned(32, "verification tag", name="verification_tag", style="hex")
    checksum: int = unsigned(32, style="hex", default=0)


@header("sctp", "chunk", "RFC 9260, section 3.2")
class Chunk(Header):
    """What every chunk starts with; the length counts these four bytes but no padding."""

    type: int = unsigned(8, name="chunk_type", registry=ChunkType, inner=_UNKNOWN)
    flags: int = unsigned(8, name="chunk_flags", style="hex", default=0)
    length: int = unsigned(16, name="chunk_length", unit="bytes", default=4)


@header("sctp", "DATA", "RFC 9260, section 3.3.1")
class Data(Chunk):
    """A piece of a message; the user's bytes follow."""

    flags: int = unsigned(8, name="chunk_flags", style="hex", inner=_DATA_BITS)
    tsn: int = unsigned(32, "TSN", name="data_tsn_raw")
    stream: int = unsigned(16, "stream identifier", name="data_sid")
    sequence: int = unsigned(16, "stream sequence number", name="data_ssn")
    protocol: int = unsigned(32, "payload protocol", name="data_payload_proto_id", registry=PayloadProtocol)


@header("sctp", "I-DATA", "RFC 8260, section 2.1")
class InterleavedData(Chunk):
    """A piece of a message that others may interrupt; which protocol or which piece, the beginning bit decides."""

    flags: int = unsigned(8, name="chunk_flags", style="hex", inner=_DATA_BITS)
    tsn: int = unsigned(32, "TSN", name="data_tsn_raw")
    stream: int = unsigned(16, "stream identifier", name="data_sid")
    reserved: int = unsigned(16, name="data_reserved", default=0)
    message: int = unsigned(32, "message identifier", name="data_mid")


@header("sctp", "first piece", "RFC 8260, section 2.1")
class FirstPiece(Header):
    """What the first piece of a message says."""

    protocol: int = unsigned(32, "payload protocol", name="data_payload_proto_id", registry=PayloadProtocol)


@header("sctp", "later piece", "RFC 8260, section 2.1")
class LaterPiece(Header):
    """What all other pieces say."""

    fragment: int = unsigned(32, "fragment sequence number", name="data_fsn")


@header("sctp", "INIT", "RFC 9260, section 3.3.2")
class Init(Chunk):
    """What an association begins with; parameters follow."""

    tag: int = unsigned(32, "initiate tag", name="init_initiate_tag", style="hex")
    window: int = unsigned(32, "advertised receiver window", name="init_credit", unit="bytes")
    outbound: int = unsigned(16, "outbound streams", name="init_nr_out_streams")
    inbound: int = unsigned(16, "inbound streams", name="init_nr_in_streams")
    tsn: int = unsigned(32, "initial TSN", name="init_initial_tsn")


@header("sctp", "INIT ACK", "RFC 9260, section 3.3.3")
class InitAck(Chunk):
    """The answer; parameters follow, a state cookie among them."""

    tag: int = unsigned(32, "initiate tag", name="initack_initiate_tag", style="hex")
    window: int = unsigned(32, "advertised receiver window", name="initack_credit", unit="bytes")
    outbound: int = unsigned(16, "outbound streams", name="initack_nr_out_streams")
    inbound: int = unsigned(16, "inbound streams", name="initack_nr_in_streams")
    tsn: int = unsigned(32, "initial TSN", name="initack_initial_tsn")


@header("sctp", "SACK", "RFC 9260, section 3.3.4")
class Sack(Chunk):
    """What has arrived; blocks behind a gap and duplicates follow."""

    flags: int = unsigned(8, name="chunk_flags", style="hex", inner=(bit("sctp.sack_nounce_sum", "nonce sum", 7),))
    tsn: int = unsigned(32, "cumulative TSN", name="sack_cumulative_tsn_ack_raw")
    window: int = unsigned(32, "advertised receiver window", name="sack_a_rwnd", unit="bytes")
    gaps: int = unsigned(16, "number of gap blocks", name="sack_number_of_gap_blocks")
    duplicates: int = unsigned(16, "number of duplicates", name="sack_number_of_duplicated_tsns")


@header("sctp.sack_gap_block", "gap block", "RFC 9260, section 3.3.4")
class GapBlock(Header):
    """TSNs that have arrived, counted from the cumulative one."""

    start: int = unsigned(16, name="sctp.sack_gap_block_start")
    end: int = unsigned(16, name="sctp.sack_gap_block_end")


@header("sctp", "duplicate", "RFC 9260, section 3.3.4")
class Duplicate(Header):
    """A TSN that has arrived twice."""

    tsn: int = unsigned(32, "duplicate TSN", name="sack_duplicate_tsn")


@header("sctp", "NR-SACK", "draft-tuexen-tsvwg-sctp-multipath-00, section 3.2")
class NonRenegable(Chunk):
    """A SACK that also says which TSNs will never be given up again."""

    flags: int = unsigned(8, name="chunk_flags", style="hex", inner=(bit("sctp.nr_sack_nounce_sum", "nonce sum", 7),))
    tsn: int = unsigned(32, "cumulative TSN", name="nr_sack_cumulative_tsn_ack")
    window: int = unsigned(32, "advertised receiver window", name="nr_sack_a_rwnd", unit="bytes")
    gaps: int = unsigned(16, "number of gap blocks", name="nr_sack_number_of_gap_blocks")
    kept: int = unsigned(16, "number of kept blocks", name="nr_sack_number_of_nr_gap_blocks")
    duplicates: int = unsigned(16, "number of duplicates", name="nr_sack_number_of_duplicated_tsns")
    reserved: int = unsigned(16, name="nr_sack_reserved", default=0)


@header("sctp.nr_sack_gap_block", "gap block", "draft-tuexen-tsvwg-sctp-multipath-00, section 3.2")
class NonRenegableGap(Header):
    """TSNs that have arrived, counted from the cumulative one."""

    start: int = unsigned(16, name="sctp.nr_sack_gap_block_start")
    end: int = unsigned(16, name="sctp.nr_sack_gap_block_end")


@header("sctp.nr_sack_nr_gap_block", "kept block", "draft-tuexen-tsvwg-sctp-multipath-00, section 3.2")
class KeptBlock(Header):
    """TSNs that have arrived and stay."""

    start: int = unsigned(16, name="sctp.nr_sack_nr_gap_block_start")
    end: int = unsigned(16, name="sctp.nr_sack_nr_gap_block_end")


@header("sctp", "duplicate", "draft-tuexen-tsvwg-sctp-multipath-00, section 3.2")
class NonRenegableDuplicate(Header):
    """A TSN that has arrived twice."""

    tsn: int = unsigned(32, "duplicate TSN", name="nr_sack_duplicate_tsn")


@header("sctp", "ABORT", "RFC 9260, section 3.3.7")
class Abort(Chunk):
    """The end of an association; causes follow."""

    flags: int = unsigned(8, name="chunk_flags", style="hex", inner=(bit("sctp.abort_t_bit", "tag reflected", 7),))


@header("sctp", "SHUTDOWN", "RFC 9260, section 3.3.8")
class Shutdown(Chunk):
    """The beginning of an orderly end."""

    tsn: int = unsigned(32, "cumulative TSN", name="shutdown_cumulative_tsn_ack")


@header("sctp", "SHUTDOWN COMPLETE", "RFC 9260, section 3.3.13")
class ShutdownComplete(Chunk):
    """The end of an orderly end."""

    flags: int = unsigned(
        8, name="chunk_flags", style="hex", inner=(bit("sctp.shutdown_complete_t_bit", "tag reflected", 7),)
    )


@header("sctp", "ECNE", "RFC 9260, appendix A")
class CongestionEcho(Chunk):
    """A router has marked a packet."""

    tsn: int = unsigned(32, "lowest TSN", name="ecne_lowest_tsn")


@header("sctp", "CWR", "RFC 9260, appendix A")
class CongestionReduced(Chunk):
    """The sender has reacted to that."""

    tsn: int = unsigned(32, "lowest TSN", name="cwr_lowest_tsn")


@header("sctp", "AUTH", "RFC 4895, section 4.1")
class Auth(Chunk):
    """Which key and which function made the code that follows."""

    key: int = unsigned(16, "shared key identifier", name="shared_key_id")
    function: int = unsigned(16, "HMAC identifier", name="hmac_id", registry=HmacIdentifier)


@header("sctp", "ASCONF", "RFC 5061, section 4.1.1")
class AddressChange(Chunk):
    """A wish to change addresses; an address and parameters follow."""

    sequence: int = unsigned(32, "sequence number", name="asconf_seq_nr_number")


@header("sctp", "ASCONF ACK", "RFC 5061, section 4.1.2")
class AddressChangeAck(Chunk):
    """The answer; parameters follow where something went wrong."""

    sequence: int = unsigned(32, "sequence number", name="asconf_ack_seq_nr_number")


@header("sctp", "PKTDROP", "draft-stewart-sctp-pktdrprep-02, section 3.1")
class PacketDrop(Chunk):
    """A packet that came with a wrong checksum, or that a middlebox dropped; it follows."""

    flags: int = unsigned(
        8,
        name="chunk_flags",
        style="hex",
        inner=(
            bit("sctp.pckdrop_t_bit", "truncated", 5),
            bit("sctp.pckdrop_b_bit", "bad checksum", 6),
            bit("sctp.pckdrop_m_bit", "from a middlebox", 7),
        ),
    )
    bandwidth: int = unsigned(32, name="pktdrop_bandwidth", unit="bytes/s")
    queued: int = unsigned(32, "queue size", name="pktdrop_queuesize", unit="bytes")
    truncated: int = unsigned(16, "truncated length", name="pktdrop_truncated_length", unit="bytes")
    reserved: int = unsigned(16, name="pktdrop_reserved", default=0)


@header("sctp", "FORWARD TSN", "RFC 3758, section 3.2")
class ForwardTsn(Chunk):
    """The sender gives up on what stands before this."""

    tsn: int = unsigned(32, "new cumulative TSN", name="forward_tsn_tsn")


@header("sctp", "skipped stream", "RFC 3758, section 3.2")
class SkippedStream(Header):
    """A stream, and the last of its messages that is skipped."""

    stream: int = unsigned(16, "stream identifier", name="forward_tsn_sid")
    sequence: int = unsigned(16, "stream sequence number", name="forward_tsn_ssn")


@header("sctp", "I-FORWARD-TSN", "RFC 8260, section 2.3.1")
class InterleavedForwardTsn(Chunk):
    """The same for messages that others may interrupt."""

    tsn: int = unsigned(32, "new cumulative TSN", name="i_forward_tsn_tsn")


@header("sctp", "skipped message", "RFC 8260, section 2.3.1")
class SkippedMessage(Header):
    """A stream, and the last of its messages that is skipped."""

    stream: int = unsigned(16, "stream identifier", name="i_forward_tsn_sid")
    flags: int = unsigned(
        16,
        name="i_forward_tsn_flags",
        style="hex",
        inner=(
            Field("", "sctp.i_forward_tsn_res", "reserved", 0, 15, "unsigned"),
            bit("sctp.i_forward_tsn_u_bit", "unordered", 15),
        ),
    )
    message: int = unsigned(32, "message identifier", name="forward_tsn_mid")
