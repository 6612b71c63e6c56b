"""A program that uses GStreamer beside modules written in C++: what goes wrong in an element is told it in words.

Usage: exceptions_program.py ELEMENT MODULE[,MODULE...]|- MODULE[,MODULE...]|-
ELEMENT is jpegdeblock or jpegdeblockdec; the modules are imported before and after Gst.init(). Prints one line for
each thing that went wrong and was told.
"""

import importlib
import os
import sys
import tempfile


def import_all(modules):
    for module in modules.split(",") if modules != "-" else []:
        importlib.import_module(module)


element, before, after = sys.argv[1:]
import_all(before)

import gi  # noqa: E402

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)
import_all(after)

SECONDS = 60
COMPLAINT = Gst.MessageType.ERROR | Gst.MessageType.WARNING


class Pipeline:
    """JPEGs from `source` through the element, until the end of the `with` block."""

    def __init__(self, source):
        decoder = "" if element == "jpegdeblockdec" else "jpegdec ! "
        self.pipeline = Gst.parse_launch(f"{source} ! {decoder}{element} name=element ! fakesink")
        self.element = self.pipeline.get_by_name("element")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pipeline.set_state(Gst.State.NULL)

    def play(self):
        if self.pipeline.set_state(Gst.State.PLAYING) == Gst.StateChangeReturn.ASYNC:
            self.pipeline.get_state(SECONDS * Gst.SECOND)

    def complaint(self):
        """The text of the next error or warning; ends the program where none comes."""
        message = self.pipeline.get_bus().timed_pop_filtered(SECONDS * Gst.SECOND, COMPLAINT | Gst.MessageType.EOS)
        if message is None or message.type == Gst.MessageType.EOS:
            sys.exit("nothing was told")
        error, _ = message.parse_error() if message.type == Gst.MessageType.ERROR else message.parse_warning()
        return error.message


CAMERA = "videotestsrc ! video/x-raw,width=64,height=48 ! jpegenc"


def fail_at_start():
    with Pipeline(CAMERA) as pipeline:
        pipeline.element.set_property("model", "/missing")
        pipeline.play()
        return pipeline.complaint()


def fail_in_streaming():
    with tempfile.TemporaryDirectory() as folder:
        if element == "jpegdeblockdec":
            broken = os.path.join(folder, "broken.jpg")
            with open(broken, "wb") as file:
                file.write(bytes.fromhex("ffd8ffdb0003") + bytes(range(200)) + bytes.fromhex("ffd9"))
            with Pipeline(f"filesrc location={broken}") as pipeline:
                pipeline.play()
                return pipeline.complaint()
        with Pipeline(CAMERA) as pipeline:
            pipeline.play()
            with open(os.path.join(folder, "chroma.safetensors"), "wb") as file:
                file.write(b"no model")
            os.environ["JPEGDEBLOCK_MODEL_PATH"] = folder + ":" + os.environ["JPEGDEBLOCK_MODEL_PATH"]
            pipeline.element.set_property("planes", "all")
            return pipeline.complaint()


def fail_at_swap():
    with Pipeline(CAMERA) as pipeline:
        pipeline.play()
        for model in "/missing", os.path.dirname(__file__), __file__:
            pipeline.element.set_property("model", model)
            text = pipeline.complaint()
            assert model in text, text
        return text


for fault in fail_at_start, fail_in_streaming, fail_at_swap:
    print(f"{fault.__name__}: {fault()}", flush=True)
