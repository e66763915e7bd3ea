#!/usr/bin/env python3
"""Runs the fuzzer of the language.

    test/fuzz/fuzz.py BUILD --seconds 3600

It begins with the models, the examples of the reference and the texts of the
tests, and with what earlier runs in the same build folder found to be new. A
text that makes it fail is kept in BUILD/fuzz and named; it is made small with

    build/bin/netc-fuzz -minimize_crash=1 -max_total_time=60 FILE

and becomes a test in test/unit/dsl/RobustnessTest.cpp.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def seeds():
    """(name, text) of every text that there is."""
    for folder in ("models", "test/dsl"):
        for path in sorted((ROOT / folder).glob("*.net")):
            yield f"{path.parent.name}-{path.name}", path.read_bytes()
    for page in ("README.md", "dsl/README.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for number, example in enumerate(re.findall(r"```net\n(.*?)```", text, re.S)):
            layers = re.match(r"# (\S+) -> (\S+)\n", example)
            if layers:
                example = (f"network N(image: {layers[1]}) -> {layers[2]} = Sequential {{\n"
                           f"{example}}}\n")
            yield f"{page.replace('/', '-')}-{number}.net", example.encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("build", type=Path, help="the build folder")
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()

    build = arguments.build.resolve()
    folder = build / "fuzz"
    corpus, given = folder / "corpus", folder / "seeds"
    for each in (corpus, given):
        each.mkdir(parents=True, exist_ok=True)
    for name, text in seeds():
        (given / name).write_bytes(text)
    words = subprocess.run([build / "bin" / "net-syntax", "dictionary"],
                           check=True, capture_output=True).stdout
    (folder / "words.dict").write_bytes(words)
    return subprocess.run([
        build / "bin" / "netc-fuzz",
        f"-max_total_time={arguments.seconds}", f"-dict={folder / 'words.dict'}",
        f"-artifact_prefix={folder}/", "-max_len=4096", "-timeout=10",
        "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1",
        corpus, given,
    ], cwd=folder).returncode  # where an import finds nothing


if __name__ == "__main__":
    sys.exit(main())
