"""What docs/json.md shows is what the program prints: the examples are run, and their keys compared."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import documents, hopscope

DOC = Path(__file__).parents[2] / "docs" / "json.md"
EXAMPLES = re.findall(r"<!-- example: (.*?) -->\n```json\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)


def shown(text: str) -> list[dict[str, Any]]:
    """Each JSON object of an example, however it is broken into lines."""
    decoder, found = json.JSONDecoder(), []
    while text := text.strip():
        document, end = decoder.raw_decode(text)
        found.append(document)
        text = text[end:]
    return found


def shape(document: Any) -> Any:
    """Keys and types alone; of an array its first member, as examples are cut."""
    if isinstance(document, dict):
        return {key: shape(value) for key, value in document.items()}
    if isinstance(document, list):
        return [shape(document[0])] if document else []
    return type(document).__name__


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize(("command", "text"), EXAMPLES)
def test_an_example_has_the_keys_and_types_of_the_real_thing(command: str, text: str) -> None:
    real = documents(hopscope(*command.split()).stdout)
    for document, printed in zip(shown(text), real, strict=False):
        assert shape(document) == shape(printed)
