"""The user's file: every key is checked, and a fault names file, key and reason."""

from pathlib import Path

import pytest

from app.config import Config, ConfigError, config_path, read_config
from app.engine.command import Method


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_missing_file_changes_nothing(tmp_path: Path) -> None:
    assert read_config(tmp_path / "config.toml") == Config()


def test_the_file_says_what_it_wants_changed(tmp_path: Path) -> None:
    path = written(tmp_path, 'interval = 0.2\nmethod = "udp"\nascii = true\n[keys]\n"list.down" = "j,down"\n')
    expected = Config(interval=200_000_000, method=Method.UDP, ascii=True, keys={"list.down": "j,down"})
    assert read_config(path) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("intervall = 1", "intervall: there is no such key; did you mean interval?"),
        ('interval = "fast"', "interval: it must be a number of seconds"),
        ("interval = 0.001", "interval: 0.001 s is too short"),
        ("timeout = inf", "timeout: inf is no number of seconds"),
        ("size = true", "size: it must be a whole number"),
        ("size = 70000", "size: 70000 is not between 0 and 65507"),
        ('method = "smoke"', "method: 'smoke' is no method"),
        ("ascii = 1", "ascii: it must be true or false"),
        ('keys = "j"', "keys: it must be a table"),
        ("[keys]\nx = 1", "keys: the keys of x are no text"),
        ("interval = ", "it is no TOML"),
    ],
)
def test_a_fault_names_file_key_and_reason(tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert says in str(caught.value)


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read_config(tmp_path)


def test_bytes_that_are_no_text_are_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"theme = '\xff'")
    with pytest.raises(ConfigError, match="no UTF-8"):
        read_config(path)


def test_the_file_stands_where_xdg_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/somewhere")
    assert config_path() == Path("/somewhere/hopscope/config.toml")
