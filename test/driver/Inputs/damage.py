"""Writes damaged copies of an executable: damage.py FILE.netx FOLDER.

The envelope is 8 bytes of magic, version and a reserved word of 4 each, size
and checksum of the tables of 8 each; the tables follow.
"""
import pathlib
import sys

whole = pathlib.Path(sys.argv[1]).read_bytes()
folder = pathlib.Path(sys.argv[2])


def write(name, content):
    (folder / f"{name}.netx").write_bytes(content)


def flipped(place):
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:]


write("empty", b"")
write("header", whole[:32])
write("half", whole[:len(whole) // 2])
write("longer", whole + b"\0")
write("text", whole.replace(b"\r\n", b"\n", 1))
write("version", flipped(8))
write("reserved", flipped(12))
write("checksum", flipped(24))
write("first", flipped(32))
write("middle", flipped(len(whole) // 2))
write("last", flipped(len(whole) - 1))
