#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes an archive of 200 small JPEGs of many kinds, restores it, and prints what came out and what it took.

Usage: tests/benchmarks/archive.py PROGRAM [PRESET...]      (PROGRAM: build/program/jpegdeblock; default: balanced best)

10 of the pictures are broken. Pillow compares what is kept in each format; the last run is killed in the middle.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "program"))
import pictures  # noqa: E402  the tests' own

COUNT = 200
ENDINGS = {"png": ".png", "jpeg": ".jpg", "tiff": ".tiff"}
SECONDS_APART = 1000


def break_picture(path, way):
    data = path.read_bytes()
    ways = (data[:len(data) // 2], b"", b"no picture at all", data[:100], data[:2] + bytes(len(data) - 2))
    path.write_bytes(ways[way])


def make_archive(folder):
    """The broken ones' names."""
    broken = set()
    for i in range(COUNT):
        path = folder / f"camera {i % 8}" / f"{i:03}.jpg"
        path.parent.mkdir(exist_ok=True)
        picture = pictures.drawn(520 - i % 17, 390 - i % 13, i)
        options = {"quality": (10, 20, 35, 50, 75, 92)[i % 6], "subsampling": i % 3, "progressive": i % 5 == 0,
                   "dpi": (72 + i % 3 * 114,) * 2}
        if i % 10 == 3:
            picture = picture.convert("L")
        elif i % 20 == 7:
            picture = picture.convert("CMYK")
        elif i % 20 == 17:
            options["keep_rgb"] = True
            del options["subsampling"]
        if i % 4 != 3:
            options["exif"] = pictures.exif(1 + i // 4 % 8)
        if i % 7 == 2 and picture.mode == "RGB":
            options["icc_profile"] = pictures.profile()
        if i % 6 == 1:
            options["comment"] = f"picture {i}"
        if i % 9 == 4:
            options["restart_marker_blocks"] = 8
        pictures.save(path, picture, **options)
        if i % 11 == 5:
            pictures.add_segment(path, 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + pictures.XMP)
        if i % 20 == 19:
            break_picture(path, i // 20 % 5)
            broken.add(path)
        os.utime(path, (1e9, 1e9 + SECONDS_APART * i))
    return broken


def restore(program, folder, output, *options):
    """Seconds, seconds of CPU time, megabytes at its peak, and what the program says in the end."""
    start = time.monotonic()
    with open(output.with_suffix(".log"), "w+") as log:
        run = subprocess.Popen([program, "restore", folder, "--output", output, *options], stdout=log, stderr=log)
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        log.seek(0)
        lines = log.read().strip().splitlines()
    if run.returncode not in (0, 1):
        sys.exit("\n".join(lines))
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, lines


def density(picture):
    return tuple(round(float(value)) for value in picture.info.get("dpi", ()))


def differences(source, result, name):
    """What Pillow does not find in the result as it is in the source."""
    found = []

    def compare(what, before, after):
        if before != after:
            found.append(f"{what}: {before!r:.60} became {after!r:.60}")

    with Image.open(source) as before, Image.open(result) as after:
        # Pillow turns TIFF by its orientation.
        size = (after.tag_v2[256], after.tag_v2[257]) if name == "tiff" else after.size
        after.load()
        compare("size", before.size, size)
        compare("mode", "L" if before.mode == "L" else "RGB", after.mode)
        compare("orientation", before.getexif().get(pictures.ORIENTATION, 1),
                after.getexif().get(pictures.ORIENTATION, 1))
        compare("make", before.getexif().get(pictures.MAKE), after.getexif().get(pictures.MAKE))
        compare("density", density(before), density(after))
        compare("profile", before.info.get("icc_profile"), after.info.get("icc_profile"))
        if name != "tiff":  # There the tags are the file's own.
            exif = before.info.get("exif", b"").removeprefix(b"Exif\0\0")
            compare("EXIF", exif, after.info.get("exif", b"").removeprefix(b"Exif\0\0"))
    compare("XMP", pictures.XMP in source.read_bytes(), pictures.XMP in result.read_bytes())
    comment = re.search(rb"picture \d+", source.read_bytes()[:40000])
    compare("comment", comment is not None, comment is not None and comment[0] in result.read_bytes())
    compare("time", int(source.stat().st_mtime), int(result.stat().st_mtime))
    return found


def check(folder, output, broken, name):
    sources = sorted(folder.glob("*/*.jpg"))
    whole = 0
    for source in sources:
        result = output / source.relative_to(folder).with_suffix(ENDINGS[name])
        if (source in broken) == result.exists():
            print(f"{source.relative_to(folder)}: {'made of a broken one' if result.exists() else 'missing'}")
        elif result.exists():
            found = differences(source, result, name)
            for difference in found:
                print(f"{result.relative_to(output)}: {difference}")
            whole += not found
    print(f"{name}: {whole} of {len(sources) - len(broken)} as Pillow expects them")


def kill_and_resume(program, folder, output):
    run = subprocess.Popen([program, "restore", folder, "--output", output, "-q"], stderr=subprocess.DEVNULL)
    while run.poll() is None and len(list(output.glob("*/*.png"))) < COUNT // 3:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    there = list(output.glob("*/*.png"))
    for path in there:
        with Image.open(path) as picture:
            picture.load()
    *_, lines = restore(program, folder, output)
    print(f"killed with {len(there)} pictures there, all of them whole; the same command again: {lines[-2]}")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, presets = sys.argv[1], sys.argv[2:] or ["balanced", "best"]
    os.environ.setdefault("JPEGDEBLOCK_MODEL_PATH", str(ROOT / "models"))
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        folder = work / "archive"
        folder.mkdir()
        broken = make_archive(folder)
        for preset in presets:
            seconds, cpu, megabytes, lines = restore(program, folder, work / preset, "--preset", preset)
            print(f"{preset}, to PNG: {seconds:.1f} s, {cpu:.1f} s of CPU time, {megabytes:.0f} MB")
            print("\n".join(lines[-2:]), flush=True)
        print("\n".join(line for line in lines if line.startswith("skipped")))
        check(folder, work / presets[-1], broken, "png")
        for name in ("jpeg", "tiff"):
            restore(program, folder, work / name, "--preset", "fast", "--format", name)
            check(folder, work / name, broken, name)
        kill_and_resume(program, folder, work / "killed")


if __name__ == "__main__":
    main()
