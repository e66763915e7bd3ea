#!/usr/bin/env python3
"""Runs the fuzzer of a format of pictures: bmp, exif, jpeg, png, tiff or webp.

    test/fuzz/fuzz_pictures.py BUILD tiff --seconds 60

It begins with a few small pictures, and with what earlier runs in the same build folder found to be
new. A file that makes it fail is kept in BUILD/fuzz/FORMAT and named. A picture that is decoded has
at most 2^20 pixels, so no allocation is larger than 16 MiB: 8 samples of 16 bits for each.
"""

import argparse
import base64
import struct
import subprocess
import sys
import zlib
from pathlib import Path

# 9x7 pixels and 16x16, written by Pillow.
WRITTEN = {
    "lossy.webp": (
        "UklGRjoAAABXRUJQVlA4IC4AAACwAQCdASoJAAcABUB8JZwAAuackuiAAP2pxqJotrwpT96HGyW0rUxQ9Hu4AFAA"),
    "lossless.webp": (
        "UklGRjAAAABXRUJQVlA4TCMAAAAvCIABAM1lRP8DagIQYIxLPP3zuBSYfoUAAqCgiQnwg1mcAAA="),
    "turned.webp": (
        "UklGRmQAAABXRUJQVlA4WAoAAAAIAAAACAAABgAAVlA4TCMAAAAvCIABAM1lRP8DagIQYIxLPP3zuBSYfoUAAqCgiQnwg1mc"
        "AABFWElGGgAAAE1NACoAAAAIAAEBEgADAAAAAQAGAAAAAAAA"),
    "alpha.webp": (
        "UklGRl4AAABXRUJQVlA4WAoAAAAQAAAACAAABgAAQUxQSAoAAAABB9CmiAhERP8DVlA4IC4AAACwAQCdASoJAAcABUB8JZwA"
        "AuackwHAAP2pxqJotrwpT96HGyW0rUxQ9Hu4AFAA"),
    "sequential.jpg": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDACgcHiMeGSgjISMt"
        "KygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl"
        "+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAHAAkDASIAAhEBAxEB/8QA"
        "HwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKB"
        "kaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWG"
        "h4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QA"
        "HwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEI"
        "FEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOE"
        "hYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oA"
        "DAMBAAIRAxEAPwBkqR282x1hjyMhSrMcfUU7zYPWD/v21FFAH//Z"),
    "progressive.jpg": (
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L"
        "2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4"
        "+Pj4+Pj4+Pj4+Pj4+Pj/wgARCAAQABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAgD/xAAUAQEAAAAAAAAAAAAA"
        "AAAAAAAA/9oADAMBAAIQAxAAAAEOJ//EABkQAAIDAQAAAAAAAAAAAAAAAAACARESIv/aAAgBAQABBQLEQZUZaOD/xAAUEQEA"
        "AAAAAAAAAAAAAAAAAAAA/9oACAEDAQE/AX//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAECAQE/AX//xAAZEAABBQAAAAAA"
        "AAAAAAAAAAAAAhARITH/2gAIAQEABj8Cs0lTf//EABgQAAMBAQAAAAAAAAAAAAAAAAABEUFR/9oACAEBAAE/IdqC4SCtEz//"
        "2gAMAwEAAgADAAAAEKP/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAEDAQE/EH//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oA"
        "CAECAQE/EH//xAAaEAEBAAIDAAAAAAAAAAAAAAABABExUZHh/9oACAEBAAE/EFQG3Wb3kYsA4G571f/Z"),
    "fax.tif": (
        "SUkqABwAAACR0R0R2khCW2GU4IKEgh3ABABAAAkAAAEDAAEAAAAJAAAAAQEDAAEAAAAHAAAAAgEDAAEAAAABAAAAAwEDAAEA"
        "AAAEAAAABgEDAAEAAAABAAAAEQEEAAEAAAAIAAAAFgEDAAEAAAAHAAAAFwEEAAEAAAATAAAAHAEDAAEAAAABAAAAAAAAAA=="),
    "ycbcr.tif": (
        "SUkqAAQBAAD/2P/AABEIABAAEANSEQBHEQBCEQD/2gAMA1IARwBCAAA/AMOf4baRoMsMesX0VlJKC0azNgsB3FY0/wANtI0G"
        "WKLWL6KyklBaNZmwWA7isEeBfDml3r2V/q1vbXURxJFI2GU+9bNh4U8I8f8AE+tP++62bDwp4R4/4n1p/wB910Nh4U8I8f8A"
        "E+tP++6seLPC0en6bFrPjC9muoImEMbsNzKW5wPyqfxZ4Wi07TYtZ8YXs1zBEwhjdhuZS3YflSeJfA+n6HayeIfFEryiSVUk"
        "nxudmPTP5Vi2F78NuP38v/fqsawvfhtx+/l/79VnWF78NuP38v8A36r/2QALAAABAwABAAAAEAAAAAEBAwABAAAAEAAAAAIB"
        "AwADAAAAjgEAAAMBAwABAAAABwAAAAYBAwABAAAAAgAAABEBBAABAAAACAAAABUBAwABAAAAAwAAABYBAwABAAAAEAAAABcB"
        "BAABAAAA+wAAABwBAwABAAAAAQAAAFsBBwAhAQAAlAEAAAAAAAAIAAgACAD/2P/bAEMACAYGBwYFCAcHBwkJCAoMFA0MCwsM"
        "GRITDxQdGh8eHRocHCAkLicgIiwjHBwoNyksMDE0NDQfJzk9ODI8LjM0Mv/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYH"
        "CAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYn"
        "KCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1"
        "tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/Z"),
    "lzw.tif": (
        "SUkqAOAAAACAAABgYEgwHhIKhgNh4QiQTioWjAZjYcjwfkIikglk4olQrloumAxmY0mw3nI6ng9n5AoRDopGpBJpZMpxPqJS"
        "qhVq5YrRbrpesBhsZksxntJqthtt5wuRzup2vB5vZ8vx/gICggFg4IhQLhoOiARiYUiwXjIajgdj4gkQjkomlAplYslwvmIy"
        "mg1m44nQ7no+oBBoZEoxHpJKphNp5QqRTqpWrBZrZcrxfsJishls5otRrtpuuBxuZ0ux3vJ6vh9v4AgQDgoGhAJhYMhwPiIS"
        "igVi4YjSAgAKAAABAwABAAAACQAAAAEBAwABAAAABwAAAAIBAwADAAAAXgEAAAMBAwABAAAABQAAAAYBAwABAAAAAgAAABEB"
        "BAABAAAACAAAABUBAwABAAAAAwAAABYBAwABAAAABwAAABcBBAABAAAA1wAAABwBAwABAAAAAQAAAAAAAAAIAAgACAA="),
    "palette.tif": (
        "SUkqAAgAAAAKAAABBAABAAAACQAAAAEBBAABAAAABwAAAAIBAwABAAAACAAAAAMBAwABAAAAAQAAAAYBAwABAAAAAwAAABEB"
        "BAABAAAAhgYAABYBBAABAAAABwAAABcBBAABAAAAPwAAABwBAwABAAAAAQAAAEABAwAAAwAAhgAAAAAAAAAA6gDEAKAAfgBa"
        "ADcAFAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADt"
        "AMcAowCBAF0AOgAXAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAANQAygCmAIQAYAA9ABoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAGBgYGBgUFBQUEBAQEAwMDAgICAgEBAQEAAAAAAgYGBgYFBQUFBAQEBAMDAwMCAgICAQEBAQAAAAAG"
        "BgYGBgU="),
    "deep.tif": (
        "SUkqAJIAAAB4nAF+AIH/AACEAwgHjAoQDpQRGBWcGCAcpB8oI6wmMCq0LTgxvDRAOMQ7SD/MQlBG1ElYTdxQYFTkV2hb7F5w"
        "YvRleGn8bIBwBHSIdwx7kH4UgpiFHImgjCSQqJMsl7CaNJ64oTylwKhErMivTLPQtlS62L1cweDEZMjoy2zP8NJ01vjZbbA5"
        "uAAJAAABAwABAAAACQAAAAEBAwABAAAABwAAAAIBAwABAAAAEAAAAAMBAwABAAAACAAAAAYBAwABAAAAAQAAABEBBAABAAAA"
        "CAAAABYBAwABAAAABwAAABcBBAABAAAAiQAAABwBAwABAAAAAQAAAAAAAAA="),
}
ENDINGS = {"jpeg": ".jpg", "tiff": ".tif", "webp": ".webp", "exif": ".jpg"}
DICTIONARIES = {
    "bmp": ["BM", "\\x28\\x00\\x00\\x00", "\\x0c\\x00\\x00\\x00", "\\x7c\\x00\\x00\\x00"],
    "exif": ["Exif\\x00\\x00", "II*\\x00\\x08\\x00\\x00\\x00", "MM\\x00*", "\\x12\\x01\\x03\\x00", "\\xff\\xe1"],
    "jpeg": ["\\xff\\xd8", "\\xff\\xc0", "\\xff\\xc2", "\\xff\\xda", "\\xff\\xe1", "\\xff\\xee", "Adobe", "\\xff\\xdd"],
    "png": ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "eXIf", "zTXt", "iCCP", "acTL"],
    "tiff": ["II*\\x00", "MM\\x00*", "II+\\x00\\x08\\x00", "\\x02\\x01\\x03\\x00", "\\x06\\x01\\x03\\x00", "\\x42\\x01\\x04\\x00"],
    "webp": ["RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "EXIF", "ALPH", "ANIM", "ANMF", "\\x9d\\x01\\x2a"],
}


def png(depth, colour, interlaced, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    palette = chunk(b"PLTE", bytes(range(48))) if colour == 3 else b""
    header = struct.pack(">IIBBBBB", 3, 2, depth, colour, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + chunk(b"eXIf", b"MM\0*\0\0\0\x08" + bytes(6)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def bmp(bits, encoding, pixels):
    palette = bytes(4 << bits) if bits <= 8 else b""
    masks = struct.pack("<III", 0xf800, 0x7e0, 0x1f) if encoding == 3 else b""
    begin = 54 + len(masks) + len(palette)
    return (struct.pack("<2sIII", b"BM", begin + len(pixels), 0, begin) +
            struct.pack("<IiiHHIIiiII", 40, 3, 2, 1, bits, encoding, 0, 0, 0, 0, 0) + masks + palette + pixels)


def seeds(kind):
    """(name, bytes) of files that are whole."""
    if kind == "png":
        yield "rgb", png(8, 2, 0, bytes(2 * (1 + 9)))
        yield "deep", png(16, 0, 0, bytes(2 * (1 + 6)))
        yield "palette", png(4, 3, 0, bytes(2 * (1 + 2)))
        whole = png(8, 2, 0, bytes(2 * (1 + 9)))
        at = whole.index(b"eXIf") - 4
        yield "long exif", whole[:at] + struct.pack(">I", 1 << 26) + whole[at + 4:]
        yield "interlaced", png(8, 6, 1, bytes(64))
    elif kind == "bmp":
        for bits in (1, 4, 8, 16, 24, 32):
            yield f"{bits}", bmp(bits, 0, bytes((3 * bits + 31) // 32 * 8))
        yield "rle8", bmp(8, 1, bytes([2, 5, 0, 3, 7, 8, 9, 0, 0, 0, 0, 2, 1, 0, 1, 4, 0, 1]))
        yield "rle4", bmp(4, 2, bytes([3, 0x12, 0, 0, 0, 3, 0x34, 0x50, 0, 1]))
        yield "fields", bmp(16, 3, bytes(16))
    for name, data in WRITTEN.items():
        if name.endswith(ENDINGS.get(kind, "?")):
            yield name, base64.b64decode(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("build", type=Path, help="the build folder")
    parser.add_argument("format", choices=sorted(DICTIONARIES))
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    build, kind = arguments.build.resolve(), arguments.format
    folder = build / "fuzz" / kind
    corpus, given = folder / "corpus", folder / "seeds"
    for each in (corpus, given):
        each.mkdir(parents=True, exist_ok=True)
    for name, data in seeds(kind):
        (given / name).write_bytes(data)
    (folder / "words.dict").write_text("".join(f'"{word}"\n' for word in DICTIONARIES[kind]))
    return subprocess.run([
        build / "bin" / f"netc-{kind}-fuzz", f"-max_total_time={arguments.seconds}",
        f"-dict={folder / 'words.dict'}", f"-artifact_prefix={folder}/", "-max_len=4096", "-timeout=10",
        "-malloc_limit_mb=16", "-rss_limit_mb=1024", "-print_final_stats=1", "-verbosity=1",
        corpus, given,
    ], cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
