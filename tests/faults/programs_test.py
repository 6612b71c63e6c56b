#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs where a disk is full, they are killed, or memory runs out: an error that names the file, nothing half
written, and what was there before stays. JPEGDEBLOCK_PROGRAM; JPEGDEBLOCK_TRAIN_PROGRAM where that was built;
FAILING_MALLOC: the library that lets allocations fail."""

import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "program"))
import pictures

PROGRAM = os.environ["JPEGDEBLOCK_PROGRAM"]
TRAIN_PROGRAM = os.environ.get("JPEGDEBLOCK_TRAIN_PROGRAM")
FAILING_MALLOC = os.environ["FAILING_MALLOC"]
MODEL = pathlib.Path(os.environ["JPEGDEBLOCK_MODEL_PATH"]) / "fast.safetensors"
OLD = b"what was there before"


def full_disk():
    """No file may become longer: writing fails as on a full disk, root's too. Some kilobytes pass, as they would."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))


def run(*command, timeout=300, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, **options)


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jpegdeblock-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.input = self.folder / "in"
        self.output = self.folder / "out"
        self.input.mkdir()
        self.output.mkdir()

    def left(self):
        return {str(p.relative_to(self.output)): p.read_bytes() for p in self.output.rglob("*") if p.is_file()}

    def fails(self, name, *command):
        """On a full disk, about the file of that name, which is there before and stays as it is."""
        path = self.output / name
        path.write_bytes(OLD)
        ending = run(*command, preexec_fn=full_disk)
        self.assertEqual(ending.returncode, 1, ending.stdout + ending.stderr)
        self.assertIn(name, ending.stderr)
        self.assertEqual(self.left(), {name: OLD})

    def test_restore_on_a_full_disk(self):
        pictures.save(self.input / "a.jpg", pictures.drawn(200, 120))
        for form, name in (("png", "a.png"), ("tiff", "a.tiff"), ("jpeg", "a.jpg")):
            with self.subTest(form):
                self.fails(name, PROGRAM, "restore", self.input, "--output", self.output, "--format", form, "--preset",
                           "fast", "--overwrite")
                (self.output / name).unlink()

    def test_exif_on_a_full_disk(self):
        """Room for the TIFF alone: its EXIF data, which are added to it behind that, are too much; little and far."""
        for length in (2900, 30000):
            with self.subTest(length):
                exif = Image.Exif()
                exif[pictures.MAKE] = "M" * length
                pictures.save(self.input / "a.jpg", pictures.drawn(8, 8), exif=exif.tobytes().removeprefix(b"Exif\0\0"))
                self.fails("a.tiff", PROGRAM, "restore", self.input, "--output", self.output, "--format", "tiff",
                           "--preset", "fast", "--overwrite")
                (self.output / "a.tiff").unlink()

    def test_xmp_on_a_full_disk(self):
        pictures.save(self.input / "a.jpg", pictures.drawn(8, 8))
        pictures.add_segment(self.input / "a.jpg", 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + 3000 * b" " + pictures.XMP)
        self.fails("a.tiff", PROGRAM, "restore", self.input, "--output", self.output, "--format", "tiff", "--preset",
                   "fast", "--overwrite")

    def test_reports_on_a_full_disk(self):
        for i in range(12):
            pictures.drawn(64, 64, i).save(self.input / f"{i}{'x' * 150}.png")
        for option, name in (("--json", "figures.json"), ("--report", "report.html")):
            with self.subTest(option):
                self.fails(name, PROGRAM, "evaluate", MODEL, self.input, option, self.output / name)
                (self.output / name).unlink()

    def test_leftovers_of_the_killed_go_with_the_next_run(self):
        pictures.drawn(64, 64).save(self.input / "a.png")
        dead = subprocess.Popen(["true"])
        dead.wait()
        (self.output / f"figures.json.tmp-{dead.pid}-0").write_bytes(OLD)
        (self.output / f"figures.json.tmp-{os.getpid()}-0").write_bytes(OLD)  # Of one that is still at work.
        ending = run(PROGRAM, "evaluate", MODEL, self.input, "--qualities", "20", "--json", "figures.json",
                     cwd=self.output)
        self.assertEqual(ending.returncode, 0, ending.stderr)
        self.assertEqual(sorted(self.left()), ["figures.json", f"figures.json.tmp-{os.getpid()}-0"])

    def run_with_failing_allocations(self, number, source):
        environment = {**os.environ, "LD_PRELOAD": FAILING_MALLOC, "FAILING_MALLOC_AT": f"{number}+",
                       "FAILING_MALLOC_CALLERS": "main program:libjpeg", "FAILING_MALLOC_REPORT": "1"}
        return run(PROGRAM, "restore", source, "--output", self.output, "--preset", "fast", "--jobs", "1",
                   env=environment)

    def test_memory_that_runs_out(self):
        pictures.save(self.input / "a.jpg", pictures.drawn(40, 24))
        # CLI11, which reads the command line, does not survive that: what it takes is left out.
        ending = self.run_with_failing_allocations(10**9, self.folder / "nothing")
        number = int(re.search(r"allocations: (\d+)", ending.stderr).group(1))
        step, endings = 1, set()
        while True:
            number += step
            step += step // 3 + 1
            ending = self.run_with_failing_allocations(number, self.input)
            endings.add(ending.returncode)
            self.assertIn(ending.returncode, (0, 1, 2), f"{number}: {ending.stderr}")
            if ending.returncode == 0:
                break
            self.assertNotEqual(ending.stderr, "", number)
            self.assertEqual(self.left(), {}, number)
        self.assertEqual(list(self.left()), ["a.png"])
        self.assertIn(1, endings)

    @unittest.skipUnless(TRAIN_PROGRAM, "the trainer is not built")
    def test_quantizing_on_a_full_disk(self):
        pictures.drawn(128, 128).save(self.input / "a.png")
        self.fails("model.safetensors", TRAIN_PROGRAM, "quantize", MODEL, "--pictures", self.input, "--output",
                   self.output / "model.safetensors", "--qualities", "20", "--patches", "1")

    @unittest.skipUnless(TRAIN_PROGRAM, "the trainer is not built")
    def test_quantizing_that_is_killed(self):
        pictures.drawn(128, 128).save(self.input / "a.png")
        model = self.output / "model.safetensors"
        shutil.copy(MODEL, model)
        before = model.read_bytes()
        for seconds in (0.2, 0.5, 1, 2):
            quantizing = subprocess.Popen([TRAIN_PROGRAM, "quantize", model, "--pictures", self.input, "--output", model,
                                           "--patches", "3"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(seconds)
            quantizing.send_signal(signal.SIGKILL)
            quantizing.wait()
            self.assertIn(run(PROGRAM, "inspect", model).returncode, (0,))
        self.assertEqual(len(model.read_bytes()) >= len(before), True)

    @unittest.skipUnless(TRAIN_PROGRAM, "the trainer is not built")
    def test_training_on_a_full_disk(self):
        for i in range(2):
            pictures.drawn(128, 128, i).save(self.input / f"{i}.png")
        command = [TRAIN_PROGRAM, "train", "--pictures", self.input, "--validate", self.input, "--output",
                   self.output / "model.safetensors", "--channels", "8", "--depth", "3", "--steps", "2", "--batch", "1",
                   "--device", "cpu"]
        first = run(*command)
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        before = self.left()
        ending = run(*command[:-6], "--steps", "4", "--batch", "1", "--device", "cpu", "--resume", preexec_fn=full_disk)
        self.assertEqual(ending.returncode, 1, ending.stdout + ending.stderr)
        self.assertIn("model", ending.stderr)
        after = self.left()
        self.assertEqual(sorted(after), sorted(before))
        for name in before:
            if name.endswith(".safetensors"):
                self.assertEqual(after[name], before[name], name)


if __name__ == "__main__":
    unittest.main()
