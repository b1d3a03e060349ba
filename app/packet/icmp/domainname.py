"""Domain names as they stand in messages, uncompressed (RFC 1035, section 3.1)."""

from app.packet.text import safe_bytes


def domain_name(data: bytes, at: int, stop: int) -> tuple[str, int]:
    """The name at byte `at` and the byte behind it; a label that reaches beyond `stop` ends there."""
    labels = []
    while at < stop and data[at]:
        labels.append(safe_bytes(data[at + 1 : min(stop, at + 1 + data[at])]))
        at += 1 + data[at]
    return ".".join(labels) or ".", min(stop, at + 1)
