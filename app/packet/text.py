"""Text from outside, made safe once, where it enters: no control character ever reaches the glass."""

from functools import lru_cache


def safe(text: str, limit: int = 512) -> str:
    """`text` with everything that is not printable replaced by a visible sign, cut at `limit` characters.

    Control characters become their Unicode pictures; format, bidirectional, surrogate and other
    invisible characters become U+FFFD. The result holds no escape sequence and no newline.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(_picture(character) for character in text)


def _picture(character: str) -> str:
    if character.isprintable():
        return character
    return chr(0x2400 + ord(character)) if character < " " else "\ufffd"


@lru_cache(1024)
def bytes_words(count: int) -> str:
    """A number of bytes in a sentence: "1 byte", "24 bytes"."""
    return "1 byte" if count == 1 else f"{count} bytes"


def safe_bytes(data: bytes, limit: int = 512) -> str:
    """Bytes that should be UTF-8 text, made safe; bytes that are not become U+FFFD."""
    return safe(data[: limit * 4].decode("utf-8", "replace"), limit)
