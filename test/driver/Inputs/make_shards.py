"""Writes shards of pictures of one grey by their class, and the same as folders: make_shards.py FOLDER.

Each of train-000.tar to train-002.tar has 20 pictures, test-000.tar has 10; six classes.
"""
import io
import pathlib
import struct
import sys
import tarfile
import zlib

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def png(grey):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes([grey]) * 4) * 4
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", 4, 4, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_shard(path, members):
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def members(first, last):
    for i in range(first, last):
        # A long name is in a header of its own.
        key = f"pictures/{i:06}" if i % 7 else f"pictures/{'long' * 40}{i:06}"
        yield key + ".png", png(40 * (i % 6))
        yield key + ".json", b"{}"
        yield key + ".cls", f"{i % 6}\n".encode()


for shard in range(3):
    write_shard(folder / f"train-{shard:03}.tar", members(20 * shard, 20 * shard + 20))
write_shard(folder / "test-000.tar", members(60, 70))
(folder / "classes.txt").write_text("one\ntwo\nthree\nfour\nfive\nsix\n")
one = folder / "one"
one.mkdir(exist_ok=True)
write_shard(one / "all.tar", members(0, 20))
broken = folder / "broken"
broken.mkdir(exist_ok=True)
write_shard(broken / "a.tar", [(name, content[:30] if name.endswith("3.png") else content)
                               for name, content in members(0, 20)])
write_shard(folder / "unlabelled.tar", [("k.png", png(0))])
(folder / "none.tar").write_bytes(b"x" * 2048)
