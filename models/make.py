"""Makes the files of this folder: python3 make.py MODEL.onnx FASHION_MNIST_FOLDER

MODEL.onnx is the trained network; FASHION_MNIST_FOLDER holds the four idx files (Debian: package dataset-fashion-mnist).
Needs nothing but Python 3. The same inputs give the same numbers (and the same bytes, where zlib is the same).
"""

import gzip
import io
import json
import pathlib
import struct
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
SIDE = 28
PREPROCESS = {"crop": [SIDE, SIDE], "scale": 1 / 255, "mean": [0.2860], "std": [0.3530]}


def main(model, folder):
    folder = pathlib.Path(folder)
    train = read(folder, "train")
    # Classes come in random order, so that every 234th picture is a fair choice of 256.
    write("fashion-calib.npz", [train[i * 234] for i in range(256)])
    write("fashion-test.npz", read(folder, "t10k")[:2000])
    data = pathlib.Path(model).read_bytes()
    (HERE / "fashion-vit.onnx").write_bytes(data + metadata("sidt.preprocess", json.dumps(PREPROCESS)))


def read(folder, name):
    with gzip.open(folder / f"{name}-images-idx3-ubyte.gz") as file:
        pixels = file.read()[16:]
    with gzip.open(folder / f"{name}-labels-idx1-ubyte.gz") as file:
        labels = file.read()[8:]
    size = SIDE * SIDE
    return [(pixels[i * size : (i + 1) * size], label) for i, label in enumerate(labels)]


def write(name, samples):
    """A .npz with `input` uint8 [n, 28, 28] and `label` uint8 [n]."""
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key, shape, data in [
            ("input", (len(samples), SIDE, SIDE), b"".join(s[0] for s in samples)),
            ("label", (len(samples),), bytes(s[1] for s in samples)),
        ]:
            entry = zipfile.ZipInfo(f"{key}.npy")  # dated 1980
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, npy(shape, data), compresslevel=9)


def npy(shape, data):
    out = io.BytesIO()
    header = repr({"descr": "|u1", "fortran_order": False, "shape": shape}).encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)
    return out.getvalue()


def metadata(key, value):
    """A metadata_props entry (field 14 of the model); protobuf reads what is appended as a part of the message."""
    entry = b"".join(field(number, text.encode()) for number, text in [(1, key), (2, value)])
    return field(14, entry)


def field(number, data):
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
