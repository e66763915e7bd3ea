"""Checks the VS Code extension: its files, and the colours of a small text."""

import json
import re
import sys
from pathlib import Path

TEXT = """# the first
network Net(image: 1x28x28) -> 10 = Sequential {
  stem: Conv2D(6, kernel=5, activation=relu)  # two
  MyOwn(input.channels*2)
}
train { batch = 128 }
"""
EXPECTED = {
    "# the first": "comment.line.number-sign.net",
    "network": "keyword.other.declaration.net",
    "Net": "entity.name.type.net",
    "1x28x28": "constant.numeric.shape.net",
    "->": "keyword.operator.net",
    "10": "constant.numeric.net",
    "Sequential": "storage.type.combinator.net",
    "stem": "entity.name.label.net",
    "Conv2D": "support.class.layer.net",
    "kernel": "variable.parameter.net",
    "relu": "constant.language.net",
    "# two": "comment.line.number-sign.net",
    "MyOwn": "entity.name.type.net",
    "channels": "variable.other.member.net",
    "batch": "variable.other.key.net",
}


def scopes(grammar, text):
    """The scope of each match, by TextMate's rule: the earliest match wins, of
    several at one place the first pattern."""
    patterns = [(re.compile(rule["match"]), rule["name"]) for rule in grammar["patterns"]]
    found = {}
    for line in text.splitlines():
        place = 0
        while True:
            matches = [(match.start(), index) for index, (pattern, _) in enumerate(patterns)
                       if (match := pattern.search(line, place)) and match.group()]
            if not matches:
                break
            start, index = min(matches)
            match = patterns[index][0].search(line, place)
            found.setdefault(match.group(), patterns[index][1])
            place = match.end()
    return found


def main():
    folder = Path(sys.argv[1])
    package = json.loads((folder / "package.json").read_text())
    language = package["contributes"]["languages"][0]
    json.loads((folder / language["configuration"]).read_text())
    grammar = json.loads((folder / package["contributes"]["grammars"][0]["path"]).read_text())
    assert grammar["scopeName"] == package["contributes"]["grammars"][0]["scopeName"]
    found = scopes(grammar, TEXT)
    wrong = {word: found.get(word) for word, scope in EXPECTED.items()
             if found.get(word) != scope}
    assert not wrong, wrong


main()
