"""A file that each write reaches whole or not at all, so that it never ends within a record."""

import io
from contextlib import suppress
from typing import Any


class WholeFile(io.FileIO):
    """A file without a buffer. When the disk is full it ends behind the last whole write."""

    def write(self, data: Any, /) -> int:
        """Write all of a bytes-like object. Raises OSError, and leaves the file as it was, where that cannot be."""
        start = self.tell() if self.seekable() else None
        left = memoryview(data)
        try:
            while left:
                left = left[super().write(left) or 0 :]
        except OSError:
            if start is not None:
                with suppress(OSError):  # a device can be positioned and not cut: the first reason is what matters
                    self.truncate(start)
                    self.seek(start)
            raise
        return len(memoryview(data))
