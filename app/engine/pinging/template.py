"""What the probes of a row are made by: of one size, or of one size after another.

Which size a probe has is a matter of its number, and so of its token: nothing needs to be remembered to know what an
answer ought to carry.
"""

from collections.abc import Sequence
from typing import Protocol

from app.engine.pinging.echo import EchoRequest, EchoTemplate
from app.packet.compose import Address, Envelope

ROW_BITS = 32  #: a token is the row's number, then this many bits of the probe's
_TEMPLATES = 64  #: templates of a row that are kept


class Template(Protocol):
    """The probes of one row from one source address."""

    source: Address

    def message(self, token: int, sequence: int) -> bytes:
        """The echo request of one probe: an ICMP message, checksum included."""

    def request(self, token: int, sequence: int) -> EchoRequest:
        """One probe."""


class SweepTemplate:
    """The probes of one row from one source address, each of the next size."""

    __slots__ = ("_envelope", "_identifier", "_secret", "_sizes", "_templates", "source")

    def __init__(self, envelope: Envelope, identifier: int, secret: bytes, sizes: Sequence[int]) -> None:
        self.source: Address = envelope.source
        self._envelope = envelope
        self._identifier = identifier
        self._secret = secret
        self._sizes = sizes
        self._templates: dict[int, EchoTemplate] = {}

    def _of(self, token: int) -> EchoTemplate:
        size = self._sizes[(token & (1 << ROW_BITS) - 1) % len(self._sizes)]
        if size not in self._templates:
            if len(self._templates) >= _TEMPLATES:
                self._templates.clear()
            self._templates[size] = EchoTemplate(self._envelope, self._identifier, self._secret, size)
        return self._templates[size]

    def message(self, token: int, sequence: int) -> bytes:
        """The echo request of one probe: an ICMP message, checksum included."""
        return self._of(token).message(token, sequence)

    def request(self, token: int, sequence: int) -> EchoRequest:
        """One probe."""
        return self._of(token).request(token, sequence)
