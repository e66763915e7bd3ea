#!/usr/bin/env python3
"""Runs the fuzzer of a format of data: npy, zip, csv or tar.

    test/fuzz/fuzz_data.py BUILD csv --seconds 60

It begins with files of the driver's tests, and with what earlier runs in the same build folder
found to be new. A file that makes it fail is kept in BUILD/fuzz/FORMAT and named. A file has at
most 64 KiB, and no allocation may be larger than what such a file can ask for.
"""

import argparse
import io
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INPUTS = ROOT / "test" / "driver" / "Inputs"
# Deflate makes 1032 bytes of one at most, and a boolean becomes a float.
LARGEST_MIB = {"npy": 66 * 4, "zip": 66 * 4, "csv": 64, "tar": 64}
DICTIONARIES = {
    "npy": ["\\x93NUMPY\\x01\\x00", "{'descr': '", "'fortran_order': ", "True", "False", "'shape': (", "<f4", "|u1", "<i8"],
    "zip": ["PK\\x01\\x02", "PK\\x03\\x04", "PK\\x05\\x06", "x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"],
    "csv": ["\\x22\\x22", "\\x0d\\x0a", "\\xef\\xbb\\xbf", "NaN", "inf", "1e999", ",,", "-0"],
    "tar": ["ustar", ".cls", ".jpg", "path=", "size=", "././@LongLink"],
}


def shard():
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in (("a/0.jpg", b"\xff\xd8\xff"), ("a/0.cls", b"3\n"), ("a/1.png", b"x" * 600),
                              ("a/1.json", b"{}"), ("a/1.cls", b"0"), ("l" * 200 + ".jpg", b""), ("l" * 200 + ".cls", b"1")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return data.getvalue()


def make_seeds(kind, folder):
    if kind == "tar":
        (folder / "shard.tar").write_bytes(shard())
        return
    script = "make_tables.py" if kind == "csv" else "make_arrays.py"
    subprocess.run([sys.executable, INPUTS / script, folder / "made"], check=True)
    for path in sorted((folder / "made").rglob("*." + kind.replace("zip", "npz"))):
        if path.stat().st_size < 1 << 16:
            (folder / f"{path.parent.name}-{path.name}").write_bytes(path.read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("build", type=Path, help="the build folder")
    parser.add_argument("format", choices=sorted(LARGEST_MIB))
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    build, kind = arguments.build.resolve(), arguments.format
    folder = build / "fuzz" / kind
    corpus, given = folder / "corpus", folder / "seeds"
    for each in (corpus, given):
        each.mkdir(parents=True, exist_ok=True)
    make_seeds(kind, given)
    (folder / "words.dict").write_text("".join(f'"{word}"\n' for word in DICTIONARIES[kind]))
    return subprocess.run([
        build / "bin" / f"netc-{kind}-fuzz", f"-max_total_time={arguments.seconds}",
        f"-dict={folder / 'words.dict'}", f"-artifact_prefix={folder}/", "-max_len=65536", "-timeout=10",
        f"-malloc_limit_mb={LARGEST_MIB[kind]}", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1",
        corpus, given,
    ], cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
