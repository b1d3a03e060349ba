"""Hypothesis strategies that fill in a declared header."""

from hypothesis import strategies as st

from app.packet.layout import Field, Header


def values(field: Field) -> st.SearchStrategy[object]:
    """What a field may hold."""
    if field.kind == "ipv4":
        return st.ip_addresses(v=4)
    if field.kind == "ipv6":
        return st.ip_addresses(v=6)
    if field.kind == "signed":
        return st.integers(-(1 << field.width - 1), (1 << field.width - 1) - 1)
    if field.kind in ("octets", "mac", "text"):
        return st.binary(min_size=field.width // 8, max_size=field.width // 8)
    return st.integers(0, (1 << field.width) - 1)


def records(kind: type[Header]) -> st.SearchStrategy[Header]:
    """Records of that header with every value that fits."""
    return st.builds(kind, **{field.attribute: values(field) for field in kind.LAYOUT.fields})
