"""Captures as they come, taken out of gzip (RFC 1952) where they are in it, never much at a time."""

import zlib
from collections.abc import Iterator

MAGIC = bytes.fromhex("1f8b")
#: A few bytes may become a thousand times as many: they are given in pieces of this size.
PIECE = 1 << 18
#: What is given at once should be no larger: of many small members, the rest is copied for each.
SWALLOW = 1 << 16
_GZIP = 16 + zlib.MAX_WBITS


class Unpacker:
    """Gives back what it is fed, without the compression that it may have."""

    def __init__(self) -> None:
        self._front = b""
        self._inflater: Inflater | None = None
        self._is_known = False

    @property
    def fault(self) -> str | None:
        """Why there is no more."""
        return None if self._inflater is None else self._inflater.fault

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The plain bytes of the next ones."""
        if not self._is_known:
            data = self._front + data
            if len(data) < len(MAGIC) and MAGIC.startswith(data):
                self._front = data
                return
            self._is_known = True
            if data.startswith(MAGIC):
                self._inflater = Inflater()
        if self._inflater is None:
            yield data
        else:
            yield from self._inflater.feed(data)

    def finish(self) -> Iterator[bytes]:
        """What is left when no more bytes come."""
        if self._inflater is not None:
            yield from self._inflater.finish()
        elif not self._is_known and self._front:
            yield self._front


class Inflater:
    """Makes plain bytes out of the members of a gzip file."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self._is_within = False  # a member
        self._taken = 0
        self.fault: str | None = None  #: why there is no more

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The plain bytes of the next compressed ones, as far as they are sound."""
        while data and self.fault is None:
            self._is_within = True
            try:
                plain = self._member.decompress(data, PIECE)
            except zlib.error:
                self.fault = f"at byte {self._taken} of the gzip file, or soon behind it, the data is damaged"
                return
            rest = self._member.unconsumed_tail
            if self._member.eof:
                # Some writers fill their last block with zeros.
                rest, self._is_within = self._member.unused_data.lstrip(b"\0"), False
                self._member = zlib.decompressobj(_GZIP)
            self._taken += len(data) - len(rest)
            data = rest
            if plain:
                yield plain

    def finish(self) -> Iterator[bytes]:
        """What is left when there are no more compressed bytes; says so where they end too early."""
        if self.fault is None and self._is_within:
            self.fault = f"at byte {self._taken} the gzip file ends too early"
            if plain := self._member.flush():
                yield plain
