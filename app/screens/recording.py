"""The question that begins a recording: into which file."""

from app.packet.errors import PacketError
from app.screens.finding import Question
from widgets.masthead import Words


class RecordScreen(Question[str]):
    """A file for all packets from now on, and for those that are still here."""

    TITLE_WORDS = "record"
    HINT = "packets.pcapng · packets.pcap"

    def read(self, text: str) -> str:
        """The file's name."""
        if not text.strip():
            raise PacketError("name a file: .pcapng keeps what each packet was for, .pcap does not")
        return text.strip()

    def words(self, answer: str) -> Words:
        """The format that the name asks for."""
        form = "pcap, the older format" if answer.endswith(".pcap") else "pcapng, with what each packet was for"
        return (("muted", form),)

    def about(self) -> str:
        """What will be in it."""
        return "from the first packet on"
