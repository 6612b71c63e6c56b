# SPDX-License-Identifier: LGPL-2.1-or-later
"""JPEGs of many kinds of cameras and programs, drawn by formula."""

import functools
import io
import os

import numpy
from PIL import Image, ImageCms

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'
# Root may read everything, unless it gives that up.
WITHOUT_PRIVILEGES = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
ORIENTATION = 0x112
MAKE = 0x10F


def drawn(width, height, seed=0):
    """Edges, gradients and texture."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    planes = []
    for _ in range(3):
        a, b, c = random.uniform(0.02, 0.2, 3)
        circle = (x - width * random.uniform()) ** 2 + (y - height * random.uniform()) ** 2 < (height / 3) ** 2
        planes.append(110 + 50 * numpy.sin(a * x + b * y) + 60 * circle + 20 * numpy.sin(c * x * y / 40))
    return Image.fromarray(numpy.clip(numpy.stack(planes, 2), 0, 255).astype(numpy.uint8))


def thumbnail():
    data = io.BytesIO()
    drawn(16, 12).save(data, "jpeg")
    return data.getvalue()


def exif(orientation):
    """Little-endian: the make, orientation, and in a directory of its own a thumbnail."""
    picture = thumbnail()

    def entry(tag, kind, count, value):
        return b"".join(n.to_bytes(size, "little") for n, size in ((tag, 2), (kind, 2), (count, 4), (value, 4)))

    first, second = 8, 8 + 2 + 2 * 12 + 4
    make = second + 2 + 2 * 12 + 4
    data = b"II*\0" + first.to_bytes(4, "little")
    data += (2).to_bytes(2, "little") + entry(MAKE, 2, 6, make) + entry(ORIENTATION, 3, 1, orientation)
    data += second.to_bytes(4, "little")
    data += (2).to_bytes(2, "little") + entry(0x201, 4, 1, make + 6) + entry(0x202, 4, 1, len(picture)) + bytes(4)
    return data + b"Maker\0" + picture


@functools.cache  # Its date would tell two of them apart.
def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def save(path, picture=None, **options):
    if "exif" in options:
        options["exif"] = b"Exif\0\0" + options["exif"]
    (picture or drawn(61, 45)).save(path, "jpeg", **{"quality": 30, **options})


def add_segment(path, code, data):
    """Right behind the start."""
    with open(path, "rb") as file:
        jpeg = file.read()
    with open(path, "wb") as file:
        file.write(jpeg[:2] + bytes([0xFF, code]) + (len(data) + 2).to_bytes(2, "big") + data + jpeg[2:])
