# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares what jpegdeblockdec, djpeg and jpegdec make of the JPEGs below a folder: see ../corpus.sh."""
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy

PATIENCE = 60  # Seconds for one file; so much is a fault.
SUFFIXES = {".jpg", ".jpeg", ".jpe", ".jfif", ".jif"}
OURS, STOCK = "jpegdeblockdec strength=0", "jpegdec idct-method=islow"


def decode(pipeline_of_decoder, path):
    """The components of the first frame by an element, and whether it is flagged; or None and why."""
    from gi.repository import Gst

    pipeline = Gst.parse_launch(f"filesrc name=file ! {pipeline_of_decoder} ! appsink name=sink sync=false")
    pipeline.get_by_name("file").set_property("location", path)
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(Gst.State.PLAYING)
    sample = sink.emit("try-pull-sample", PATIENCE * Gst.SECOND)
    result = None, "nothing came out"
    if sample is not None:
        flagged = sample.get_buffer().has_flags(Gst.BufferFlags.CORRUPTED)
        result = (*components_of(sample), flagged), ""
    else:
        message = pipeline.get_bus().pop_filtered(Gst.MessageType.ERROR)
        if message is not None:
            result = None, message.parse_error()[0].message
        elif not sink.get_property("eos"):
            result = None, "it hangs"
    pipeline.set_state(Gst.State.NULL)
    return result


def components_of(sample):
    """The format's name and an array for each component."""
    import gi

    gi.require_version("GstVideo", "1.0")
    from gi.repository import Gst, GstVideo

    info = GstVideo.VideoInfo.new_from_caps(sample.get_caps())
    buffer = sample.get_buffer()
    meta = GstVideo.buffer_get_video_meta(buffer)
    strides, offsets = (meta.stride, meta.offset) if meta else (info.stride, info.offset)
    data = numpy.frombuffer(buffer.extract_dup(0, buffer.get_size()), numpy.uint8)
    components = []
    for i in range(info.finfo.n_components):
        plane, step = info.finfo.plane[i], info.finfo.pixel_stride[i]
        width = -((-info.width) >> info.finfo.w_sub[i])
        height = -((-info.height) >> info.finfo.h_sub[i])
        first = offsets[plane] + info.finfo.poffset[i]
        rows = [data[first + y * strides[plane]:][:width * step:step] for y in range(height)]
        components.append(numpy.stack(rows))
    return info.finfo.name, components


def djpeg(path, form):
    """The components by djpeg, of R, G and B or luma alone, and whether it warned; or None and why."""
    # Without smoothing it repeats samples, as jpegdeblockdec does with unusual samplings.
    grey = ["-grayscale"] if form not in ("RGB", "GBR") else []
    ended = subprocess.run(["djpeg", "-dct", "int", "-nosmooth", "-pnm", *grey, path], capture_output=True, timeout=PATIENCE)
    words = ended.stderr.decode(errors="replace").strip().split("\n")[0]
    if ended.returncode not in (0, 2) or not ended.stdout:
        return None, words
    kind, size, _, pixels = ended.stdout.split(b"\n", 3)
    width, height = map(int, size.split())
    samples = numpy.frombuffer(pixels, numpy.uint8).reshape(height, width, 3 if kind == b"P6" else 1)
    order = (1, 2, 0) if form == "GBR" and kind == b"P6" else range(samples.shape[2])
    return ([samples[:, :, i] for i in order], words if ended.returncode == 2 else ""), ""


def compare(ours, theirs):
    """equal, close (within a level) or different, and by how much at most."""
    if any(a.shape != b.shape for a, b in zip(ours, theirs)):
        return "different", "other size"
    most = max(int(numpy.abs(a.astype(int) - b).max()) for a, b in zip(ours, theirs))
    return ("equal" if most == 0 else "close" if most == 1 else "different"), most


def look_at(path):
    """What is to be told of a file."""
    told = {"ours": "shown", "warned": False}
    ours, why = decode(OURS, path)
    if ours is None:
        told["ours"], told["why"] = ("hangs" if why == "it hangs" else "refused"), why
    elif ours[2]:
        told["ours"] = "flagged"
    form = ours[0] if ours else "GRAY8"
    theirs, why = djpeg(path, form)
    if theirs is None and ours is None:
        theirs, why = djpeg(path, "RGB")
    if theirs is None:
        told["djpeg"], told["djpeg why"] = "refused", why
    else:
        told["warned"] = bool(theirs[1])
        told["djpeg"], told["djpeg most"] = compare(ours[1], theirs[0]) if ours else ("shown", 0)
    stock, why = decode(STOCK, path)
    if stock is None:
        told["jpegdec"], told["jpegdec why"] = "refused", why
    elif ours is None:
        told["jpegdec"] = "shown"
    else:
        count = None if stock[0] == ours[0] else 1
        if count == 1 and form in ("RGB", "GBR"):
            told["jpegdec"] = "other format"
        else:
            told["jpegdec"], told["jpegdec most"] = compare(ours[1][:count], stock[1][:count])
    return told


def work():
    """Reads paths, writes what is told of them: a crash costs no more than this process."""
    import gi

    gi.require_version("Gst", "1.0")
    from gi.repository import Gst

    Gst.init(None)
    for element in ("jpegdeblockdec", "jpegdec", "appsink"):
        if Gst.ElementFactory.find(element) is None:
            print(json.dumps({"missing": element}), flush=True)
            return
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        print(json.dumps(look_at(json.loads(line))), flush=True)


class Worker:
    """A process that looks at files, and another one after a crash."""

    def __init__(self):
        self.process = None

    def start(self):
        self.process = subprocess.Popen([sys.executable, __file__, "--worker"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return json.loads(self.process.stdout.readline() or '{"missing": "GStreamer for Python"}')

    def look_at(self, path):
        if self.process is None:
            self.start()
        self.process.stdin.write(json.dumps(str(path)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        status, self.process = self.process.wait(), None
        return {"ours": "crashes", "warned": False, "why": f"status {status}"}

    def stop(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()


def is_fault(told):
    if told["ours"] in ("crashes", "hangs"):
        return True
    whole = not told["warned"] and told.get("djpeg") != "refused"
    return whole and (told["ours"] == "refused" or told.get("djpeg") == "different")


def report(all_told):
    """Prints the counts, and the files that are not alike everywhere."""
    print(f"{len(all_told)} files")
    count = collections.Counter(told["ours"] for told in all_told.values())
    print("jpegdeblockdec: " + ", ".join(f"{count[kind]} {kind}" for kind in sorted(count)))
    kinds = ("equal", "close", "different", "other format", "refused", "shown")
    words = {"close": "within one level", "refused": "refused by it", "shown": "refused by jpegdeblockdec alone"}
    for name, other in (("djpeg, no warning", "djpeg"), ("djpeg, with a warning", "djpeg"), ("jpegdec", "jpegdec")):
        chosen = [told for told in all_told.values()
                  if other in told and (other == "jpegdec" or told["warned"] == ("with" in name))]
        count = collections.Counter(told[other] for told in chosen)
        count["shown"] = sum(told[other] == "shown" for told in chosen)
        print(f"{name}: " + ", ".join(f"{count[kind]} {words.get(kind, kind)}" for kind in kinds))
    for path, told in all_told.items():
        unlike = [f"{key}: {told[key]}" for key in sorted(told)
                  if key not in ("ours", "warned") and told[key] not in ("equal", "", 0)]
        if is_fault(told) or told["ours"] != "shown" or told.get("djpeg") not in ("equal", "close"):
            fault = "FAULT " if is_fault(told) else ""
            print(f"  {fault}{path}: {told['ours']}" + "".join(f"; {words}" for words in unlike))


def main():
    if sys.argv[1] == "--worker":
        work()
        return 0
    if shutil.which("djpeg") is None:
        print("djpeg is missing", file=sys.stderr)
        return 77
    folder = pathlib.Path(sys.argv[1])
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    worker = Worker()
    missing = worker.start().get("missing")
    if missing:
        print(f"{missing} is missing", file=sys.stderr)
        return 77
    all_told = {os.path.relpath(path, folder): worker.look_at(path.resolve()) for path in paths}
    worker.stop()
    report(all_told)
    return 1 if any(map(is_fault, all_told.values())) else 0


if __name__ == "__main__":
    sys.exit(main())
