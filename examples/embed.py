#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The decoder inside a Python program: JPEGs from memory in, restored pictures as NumPy arrays out.

Usage: embed.py FRAME.jpg...    writes each restored frame beside its JPEG as FRAME.jpg.ppm.

Needs PyGObject and NumPy (Debian: python3-gi gir1.2-gstreamer-1.0 python3-numpy).
"""

import sys
import time

import gi
import numpy

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402


class RestorationError(Exception):
    """What an element said, or that no picture came."""


class Restorer:
    """Restores one JPEG after the other. To be used in a `with` statement, in one thread at a time.

    `properties` are those of jpegdeblockdec, as in a pipeline: "preset=fast planes=all".
    """

    def __init__(self, properties="", timeout=10.0):
        Gst.init(None)
        try:
            self._pipeline = Gst.parse_launch(
                # parsed: each buffer is a whole JPEG, so that none has to wait for the next one's beginning.
                "appsrc name=source caps=image/jpeg,parsed=true,framerate=0/1"
                f" ! jpegdeblockdec {properties} ! videoconvert ! video/x-raw,format=RGB"
                " ! appsink name=sink sync=false max-buffers=1"
            )
        except GLib.Error as error:
            raise RestorationError(error.message) from None
        self._source = self._pipeline.get_by_name("source")
        self._sink = self._pipeline.get_by_name("sink")
        self._bus = self._pipeline.get_bus()
        self._timeout = timeout

    def __enter__(self):
        if self._pipeline.set_state(Gst.State.PLAYING) == Gst.StateChangeReturn.FAILURE:
            complaint = self._complaint()
            self.__exit__()
            raise RestorationError(complaint or "the pipeline does not start")
        return self

    def __exit__(self, *_):
        self._pipeline.set_state(Gst.State.NULL)

    def restore(self, jpeg):
        """The picture of a JPEG (bytes): an array of height x width x 3 of uint8, red, green, blue; yours alone.

        A damaged JPEG gives what there is of it. Raises RestorationError where nothing comes out. After a JPEG that
        could not be decoded the next one may be tried.
        """
        # A picture that came after its JPEG had been given up.
        while self._sink.emit("try-pull-sample", 0) is not None:
            pass
        self._source.emit("push-buffer", Gst.Buffer.new_wrapped_bytes(GLib.Bytes.new(jpeg)))
        complaint = None
        deadline = time.monotonic() + self._timeout
        while time.monotonic() < deadline:
            sample = self._sink.emit("try-pull-sample", 50 * Gst.MSECOND)
            if sample is not None:
                return _array_of(sample)
            told = self._complaint()
            if told is not None:
                # A warning may concern damage, and then there will be a picture.
                complaint = told
                deadline = min(deadline, time.monotonic() + 1)
        raise RestorationError(complaint or "no picture came out; is it a whole JPEG?")

    def _complaint(self):
        """The first error or warning of the elements since the last call, with its advice, or None."""
        text = None
        while message := self._bus.pop_filtered(Gst.MessageType.ERROR | Gst.MessageType.WARNING):
            failed = message.type == Gst.MessageType.ERROR
            if text is None:
                error, details = message.parse_error() if failed else message.parse_warning()
                # The details begin with a line about the place in the source.
                text = " ".join([error.message, *(details or "").splitlines()[1:]])
        return text


def _array_of(sample):
    """A copy, so that the buffer goes back to its pool at once."""
    structure = sample.get_caps().get_structure(0)
    width, height = structure.get_value("width"), structure.get_value("height")
    # An appsink that announces no GstVideoMeta gets rows of the default length: multiples of four bytes.
    row_bytes = (3 * width + 3) // 4 * 4
    buffer = sample.get_buffer()
    mapped, memory = buffer.map(Gst.MapFlags.READ)
    if not mapped:
        raise RestorationError("the picture's memory cannot be read")
    try:
        rows = numpy.frombuffer(memory.data, numpy.uint8, row_bytes * height).reshape(height, row_bytes)
        return rows[:, : 3 * width].reshape(height, width, 3).copy()
    finally:
        buffer.unmap(memory)


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: embed.py FRAME.jpg...")
    try:
        with Restorer() as restorer:
            for path in sys.argv[1:]:
                with open(path, "rb") as file:
                    picture = restorer.restore(file.read())
                with open(path + ".ppm", "wb") as file:
                    file.write(b"P6\n%d %d\n255\n" % (picture.shape[1], picture.shape[0]) + picture.tobytes())
                print(f"wrote {path}.ppm")
    except (OSError, RestorationError) as error:
        sys.exit(f"embed.py: {error}")


if __name__ == "__main__":
    main()
