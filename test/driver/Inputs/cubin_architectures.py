"""Says whether every cubin in a file is for an architecture: FILE 90.

A cubin is an ELF object of the machine 190; since CUDA 13 the second byte of its
flags is the architecture. cuDNN's own are base64 in its plans and not looked at.
"""
import struct
import sys

data = open(sys.argv[1], "rb").read()
found = []
at = data.find(b"\x7fELF")
while at >= 0:
    machine, = struct.unpack_from("<H", data, at + 18)
    flags, = struct.unpack_from("<I", data, at + 48)
    if machine == 190:
        found.append(flags >> 8 & 0xFF)
    at = data.find(b"\x7fELF", at + 4)
print("architectures:", found)
sys.exit(not found or any(arch != int(sys.argv[2]) for arch in found))
