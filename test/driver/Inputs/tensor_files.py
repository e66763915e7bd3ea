"""Arrays as NumPy writes them and tensors as safetensors holds them, without NumPy.

An array is (type, shape, values): ("<f4", (2, 3), [1, 2, 3, 4, 5, 6]), values in C's order.
"""
import json
import struct
import zipfile

CODES = {"<f4": "f", "<f8": "d", "|u1": "B", "<u2": "H", "<i8": "q", "<i4": "i", "|b1": "?", "<f2": "e"}


def npy(array, fortran=False, version=1):
    kind, shape, values = array
    if fortran:
        strides = [1] * len(shape)
        for i in range(len(shape) - 1, 0, -1):
            strides[i - 1] = strides[i] * shape[i]
        order = [0]  # the first dimension is the closest
        for size, stride in reversed(list(zip(shape, strides))):
            order = [place + i * stride for place in order for i in range(size)]
        values = [values[place] for place in order]
    text = f"{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': {tuple(shape)}, }}"
    size = 10 if version == 1 else 12
    text = text.ljust((len(text) + size + 64) // 64 * 64 - size - 1) + "\n"
    header = b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text))
    return header + text.encode() + struct.pack(f"<{len(values)}{CODES[kind]}", *values)


def write_npz(path, compressed=False, **arrays):
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, array in arrays.items():
            archive.writestr(name + ".npy", npy(array))


def read_tensors(path):
    """{name: values}, and the metadata."""
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = list(struct.unpack(f"<{(end - begin) // 4}f", data[8 + size + begin:8 + size + end]))
    return tensors, header.get("__metadata__", {})


def write_tensors(path, **tensors):
    """name=(shape, values), F32."""
    header, body = {}, b""
    for name, (shape, values) in tensors.items():
        part = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [len(body), len(body) + len(part)]}
        body += part
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)
