#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs where a disk is full, a folder must not be written, they are killed, or memory runs out: an error that
names the file, nothing half written, and what was there before stays. JPEGDEBLOCK_PROGRAM; JPEGDEBLOCK_TRAIN_PROGRAM
where that was built; FAILING_MALLOC: the library that lets allocations fail; KILLED_WHILE_WRITING: the one that kills
at a step of writing."""

import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "program"))
import pictures

PROGRAM = os.environ["JPEGDEBLOCK_PROGRAM"]
TRAIN_PROGRAM = os.environ.get("JPEGDEBLOCK_TRAIN_PROGRAM")
FAILING_MALLOC = os.environ["FAILING_MALLOC"]
KILLED_WHILE_WRITING = os.environ["KILLED_WHILE_WRITING"]
MODEL = pathlib.Path(os.environ["JPEGDEBLOCK_MODEL_PATH"]) / "fast.safetensors"
OLD = b"what was there before"


def limit_files():
    """No file may become longer: writing fails as on a full disk, root's too. Some kilobytes pass, as they would."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))


def run(*command, timeout=300, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, **options)


# Ways in which a folder takes no more. Each gives a function to call when it holds what was there before, which
# gives what run() needs besides; or None where it cannot be had here.


@contextlib.contextmanager
def limited_files(folder):
    yield lambda: {"preexec_fn": limit_files}


@contextlib.contextmanager
def full_disk(folder):
    """A file system of its own, without a free page, or with one."""
    if os.geteuid() != 0 or run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder).returncode != 0:
        yield None
        return

    def fill():
        with open(folder / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(os.sysconf("SC_PAGE_SIZE")))
        os.truncate(folder / "filler", (folder / "filler").stat().st_size - os.sysconf("SC_PAGE_SIZE"))
        return {}

    try:
        yield fill
    finally:
        run("umount", folder)


@contextlib.contextmanager
def read_only(folder):
    """Root may write everywhere, and is somebody else here."""
    somebody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        reachable = run(PROGRAM, "inspect", MODEL, **somebody).returncode == 0
    except PermissionError:
        reachable = False

    def close():
        folder.chmod(0o555)
        return somebody

    yield close if reachable else None


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jpegdeblock-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(0o755)
        self.input = self.folder / "in"
        self.output = self.folder / "out"
        self.input.mkdir()
        self.output.mkdir()

    def left(self):
        return {str(p.relative_to(self.output)): p.read_bytes() for p in self.output.rglob("*")
                if p.is_file() and p.name != "filler"}

    def wherever_nothing_can_be_written(self, check, ways=(limited_files, full_disk, read_only)):
        """In all the ways that can be had here."""
        for way in ways:
            with self.subTest(way.__name__), way(self.output) as refuse:
                try:
                    if refuse is not None:
                        check(refuse)
                finally:
                    self.empty_output()

    def empty_output(self):
        self.output.chmod(0o755)
        for path in self.output.iterdir():
            path.unlink()

    def fails(self, name, *command, **options):
        """Where nothing can be written, about the file of that name, which is there before and stays as it is."""
        def check(refuse):
            (self.output / name).write_bytes(OLD)
            ending = run(*command, **refuse())
            self.assertEqual(ending.returncode, 1, ending.stdout + ending.stderr)
            self.assertIn(name, ending.stderr)
            self.assertEqual(self.left(), {name: OLD})

        self.wherever_nothing_can_be_written(check, **options)

    def killed(self, name, *command):
        """Before each step of writing its files, or before some where they are many: the file is the one before or
        the whole new one, and beside it lies at most what the next run takes away."""
        path = self.output / name

        def run_to(step):
            path.write_bytes(OLD)
            return run(*command, env={**os.environ, "LD_PRELOAD": KILLED_WHILE_WRITING, "KILLED_BEFORE": str(step)})

        ending = run_to(0)
        self.assertEqual(ending.returncode, 0, ending.stderr)
        new, whole = set(self.left()), path.stat().st_size
        steps = int(re.search(r"steps: (\d+)", ending.stderr).group(1))
        self.assertGreater(steps, 2)  # At least writing, making durable and renaming.
        for other in new - {name}:
            (self.output / other).unlink()
        for step in sorted({*range(1, steps + 1, steps // 8 + 1), steps - 2, steps - 1, steps}):
            with self.subTest(step=step):
                ending = run_to(step)
                self.assertEqual(ending.returncode, -signal.SIGKILL, ending.stderr)
                left = self.left()
                now = left.pop(name)
                if now != OLD:  # The date in a report, say, is another.
                    self.assertAlmostEqual(len(now), whole, delta=whole // 20)
                for other in left.keys() - new:
                    self.assertRegex(other, r"\.tmp-\d+-\d+$")
        self.assertEqual(run_to(0).returncode, 0)
        self.assertEqual(set(self.left()), new)

    def test_restore_where_nothing_can_be_written(self):
        pictures.save(self.input / "a.jpg", pictures.drawn(200, 120))
        for form, name in (("png", "a.png"), ("tiff", "a.tiff"), ("jpeg", "a.jpg")):
            with self.subTest(form):
                self.fails(name, PROGRAM, "restore", self.input, "--output", self.output, "--format", form, "--preset",
                           "fast", "--overwrite")

    def test_exif_on_a_full_disk(self):
        """Room for the TIFF alone: its EXIF data, which are added to it behind that, are too much; little and far."""
        for length in (2900, 30000):
            with self.subTest(length):
                exif = Image.Exif()
                exif[pictures.MAKE] = "M" * length
                pictures.save(self.input / "a.jpg", pictures.drawn(8, 8), exif=exif.tobytes().removeprefix(b"Exif\0\0"))
                self.fails("a.tiff", PROGRAM, "restore", self.input, "--output", self.output, "--format", "tiff",
                           "--preset", "fast", "--overwrite", ways=(limited_files,))

    def test_xmp_on_a_full_disk(self):
        pictures.save(self.input / "a.jpg", pictures.drawn(8, 8))
        pictures.add_segment(self.input / "a.jpg", 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + 3000 * b" " + pictures.XMP)
        self.fails("a.tiff", PROGRAM, "restore", self.input, "--output", self.output, "--format", "tiff", "--preset",
                   "fast", "--overwrite", ways=(limited_files,))

    def test_reports_where_nothing_can_be_written(self):
        for i in range(20):
            pictures.drawn(64, 64, i).save(self.input / f"{i}{'x' * 150}.png")
        for option, name in (("--json", "figures.json"), ("--report", "report.html")):
            with self.subTest(option):
                self.fails(name, PROGRAM, "evaluate", MODEL, self.input, "--qualities", "20", option,
                           self.output / name)

    def test_restore_that_is_killed(self):
        pictures.save(self.input / "a.jpg", pictures.drawn(200, 120))
        self.killed("a.png", PROGRAM, "restore", self.input, "--output", self.output, "--preset", "fast",
                    "--overwrite")

    def test_reports_that_are_killed(self):
        pictures.drawn(64, 64).save(self.input / "a.png")
        for option, name in (("--json", "figures.json"), ("--report", "report.html")):
            with self.subTest(option):
                self.killed(name, PROGRAM, "evaluate", MODEL, self.input, "--qualities", "20", option,
                            self.output / name)
                self.empty_output()

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
    def test_quantizing_where_nothing_can_be_written(self):
        pictures.drawn(128, 128).save(self.input / "a.png")
        self.fails("model.safetensors", TRAIN_PROGRAM, "quantize", MODEL, "--pictures", self.input, "--output",
                   self.output / "model.safetensors", "--qualities", "20", "--patches", "1")

    @unittest.skipUnless(TRAIN_PROGRAM, "the trainer is not built")
    def test_quantizing_that_is_killed(self):
        pictures.drawn(128, 128).save(self.input / "a.png")
        self.killed("model.safetensors", TRAIN_PROGRAM, "quantize", MODEL, "--pictures", self.input, "--output",
                    self.output / "model.safetensors", "--qualities", "20", "--patches", "1")

    @unittest.skipUnless(TRAIN_PROGRAM, "the trainer is not built")
    def test_training_where_nothing_can_be_written(self):
        for i in range(2):
            pictures.drawn(128, 128, i).save(self.input / f"{i}.png")
        trained = self.folder / "trained"
        trained.mkdir()

        def train(folder, steps, *arguments, **options):
            return run(TRAIN_PROGRAM, "train", "--pictures", self.input, "--validate", self.input, "--output",
                       folder / "model.safetensors", "--channels", "8", "--depth", "3", "--steps", steps, "--batch",
                       "1", "--device", "cpu", *arguments, **options)

        first = train(trained, 2)
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)

        def check(refuse):
            shutil.copytree(trained, self.output, dirs_exist_ok=True)
            before = self.left()
            ending = train(self.output, 4, "--resume", **refuse())
            self.assertEqual(ending.returncode, 1, ending.stdout + ending.stderr)
            self.assertIn("model", ending.stderr)
            after = self.left()
            self.assertEqual(sorted(after), sorted(before))
            for name in before:
                if name.endswith(".safetensors"):
                    self.assertEqual(after[name], before[name], name)

        self.wherever_nothing_can_be_written(check)


if __name__ == "__main__":
    unittest.main()
