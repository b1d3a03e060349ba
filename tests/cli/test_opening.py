"""Files of hosts, and what stands in their way."""

from pathlib import Path

import pytest

from app.arguments import Action, Request
from app.opening import LARGEST_FILE, UnusableError, host_words


def words(*files: Path, hosts: tuple[str, ...] = ()) -> tuple[str, ...]:
    return host_words(Request(Action.PING, hosts=hosts, files=tuple(map(str, files))))


def test_hosts_of_argv_come_before_those_of_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("b\nc\n")
    second.write_bytes(b"\xef\xbb\xbfd\r\ne")
    assert words(first, second, hosts=("a",)) == ("a", "b", "c", "d", "e")


def test_a_file_without_hosts_is_named(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.write_text("# nobody\n")
    with pytest.raises(UnusableError, match="empty names no host"):
        words(file)


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(UnusableError, match=f"/dev/zero is too large: a file of hosts has {LARGEST_FILE} bytes"):
        words(Path("/dev/zero"))
