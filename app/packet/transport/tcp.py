"""The TCP header (RFC 9293, section 3.1). Its options are read by `app.packet.dissect`."""

from app.packet.layout import Group, Header, flag, header, unsigned

FLAGS = Group("tcp.flags", "flags")


@header("tcp", "Transmission Control Protocol", "RFC 9293, section 3.1")
class Tcp(Header):
    """A TCP header of five words; `data_offset` counts 32-bit words, options included."""

    source_port: int = unsigned(16, name="srcport")
    destination_port: int = unsigned(16, name="dstport")
    sequence: int = unsigned(32, "sequence number", name="seq", default=0)
    acknowledgment: int = unsigned(32, "acknowledgment number", name="ack", default=0)
    data_offset: int = unsigned(4, name="hdr_len", unit="words", default=5)
    reserved: int = unsigned(3, name="tcp.flags.res", group=FLAGS, default=0)
    accurate_ecn: int = flag("accurate ECN", name="tcp.flags.ae", group=FLAGS, default=0)
    congestion_window_reduced: int = flag("congestion window reduced", name="tcp.flags.cwr", group=FLAGS, default=0)
    ecn_echo: int = flag("ECN echo", name="tcp.flags.ece", group=FLAGS, default=0)
    urgent: int = flag("urgent", name="tcp.flags.urg", group=FLAGS, default=0)
    acknowledge: int = flag("acknowledgment", name="tcp.flags.ack", group=FLAGS, default=0)
    push: int = flag("push", name="tcp.flags.push", group=FLAGS, default=0)
    reset: int = flag("reset", name="tcp.flags.reset", group=FLAGS, default=0)
    synchronize: int = flag("synchronize", name="tcp.flags.syn", group=FLAGS, default=0)
    final: int = flag("final", name="tcp.flags.fin", group=FLAGS, default=0)
    window: int = unsigned(16, name="window_size_value", unit="bytes", default=0)
    checksum: int = unsigned(16, style="hex", default=0)
    urgent_pointer: int = unsigned(16, default=0)
