"""The one error root of the packet layer: raised for our own mistakes, never for hostile bytes."""


class PacketError(ValueError):
    """A header was declared or filled in a way that no packet can carry."""


class ShortHeaderError(PacketError):
    """The bytes end before the fixed part of the header does."""
