"""Writing vectors: numbers as 32-byte hex, keys in alphabetical order, so that Foundry's parseJson decodes the objects."""

import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent
INVALID = 2**128 - 1
WAD = 10**18


def n(value):
    """A number as Solidity and TypeScript both read it: 32 bytes of hex."""
    return "0x" + value.to_bytes(32, "big").hex()


def h(data):
    return "0x" + data.hex()


def write(name, content):
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(f"{name}.json", {key: len(rows) for key, rows in content.items()})
