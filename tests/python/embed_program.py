"""Uses examples/embed.py as a module: the memory of pictures is given back, and a JPEG that is lost ends nothing.

Usage: embed_program.py EXAMPLES_FOLDER FRAME.jpg
"""

import os
import sys

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True

from embed import RestorationError, Restorer  # noqa: E402

LOST = bytes.fromhex("ffd8ffc0000b08001000100501110000ffd9")


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


with open(sys.argv[2], "rb") as file:
    jpeg = file.read()
with Restorer("preset=fast") as restorer:
    first = restorer.restore(jpeg)
    copy = first.copy()
    for count in range(60):
        picture = restorer.restore(jpeg)
        if count == 9:
            before = resident_bytes()
    grown = resident_bytes() - before
    print(f"{picture.shape} of {picture.dtype}, writeable: {picture.flags.writeable}")
    # Fifty pictures, or their JPEGs' buffers, would be more.
    assert grown < 10 * picture.nbytes, f"{grown} bytes more"
    assert (first == copy).all(), "an earlier picture was written over"
    for _ in range(2):
        try:
            restorer.restore(LOST)
            sys.exit("a JPEG without a picture was restored")
        except RestorationError as error:
            print(f"lost: {error}")
    assert (restorer.restore(jpeg) == first).all()
print("done")
