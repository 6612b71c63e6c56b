#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""`jpegdeblock evaluate` and `inspect`. The program's path is in JPEGDEBLOCK_PROGRAM."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy
from PIL import Image

import pictures

PROGRAM = os.environ["JPEGDEBLOCK_PROGRAM"]
MODEL = pathlib.Path(os.environ["JPEGDEBLOCK_MODEL_PATH"]) / "fast.safetensors"


def run_program(*arguments, before=()):
    return subprocess.run([*before, PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300)


class EvaluateTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jpegdeblock-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_errors(self):
        self.assertEqual(run_program().returncode, 2)
        self.assertEqual(run_program("evaluate", MODEL).returncode, 2)
        ending = run_program("evaluate", MODEL, self.folder)
        self.assertEqual(ending.returncode, 1)
        self.assertIn(str(self.folder), ending.stderr)
        self.assertEqual(run_program("evaluate", MODEL, self.folder, "--no-reference", "--crop", "1").returncode, 2)
        self.assertEqual(run_program("inspect", self.folder / "nothing").returncode, 1)
        pictures.drawn(64, 64).save(self.folder / "a.png")
        ending = run_program("evaluate", MODEL, self.folder, "--no-reference")
        self.assertEqual(ending.returncode, 1)
        self.assertIn("a.png", ending.stderr)

    def test_no_figures_of_a_part_of_the_folder(self):
        pictures.drawn(64, 64).save(self.folder / "a.png")
        locked = self.folder / "locked"
        locked.mkdir(0)
        self.addCleanup(locked.chmod, 0o700)
        ending = run_program("evaluate", MODEL, self.folder, before=pictures.WITHOUT_PRIVILEGES)
        self.assertEqual(ending.returncode, 1)
        self.assertIn(f"'{self.folder}': Permission denied", ending.stderr)

    def test_with_originals(self):
        pictures.drawn(96, 80).save(self.folder / "a.png")
        ending = run_program("evaluate", MODEL, self.folder, "--qualities", "20")
        self.assertEqual(ending.returncode, 0, ending.stderr)
        self.assertRegex(ending.stdout, r"(?m)^ +20 ")
        self.assertIn("multiply-adds", run_program("inspect", MODEL).stdout)

    def test_without_originals(self):
        drawn = numpy.asarray(pictures.drawn(160, 128), float)
        random = numpy.random.default_rng(1)
        for i in range(4):
            noisy = numpy.clip(drawn + random.normal(0, 2, drawn.shape), 0, 255).astype(numpy.uint8)
            pictures.save(self.folder / f"{i}.jpg", Image.fromarray(noisy), quality=20)
        (self.folder / "broken.jpg").write_bytes(b"no picture")
        ending = run_program("evaluate", MODEL, self.folder, "--no-reference", "--json", self.folder / "figures.json")
        self.assertEqual(ending.returncode, 0, ending.stderr)
        self.assertIn("broken.jpg", ending.stderr)
        self.assertIn("4 JPEGs", ending.stdout)
        figures = json.loads((self.folder / "figures.json").read_text())
        self.assertEqual(figures["pairs_of_frames"], 3)
        self.assertGreater(figures["blocking_before"], 2 * figures["blocking_after"])
        self.assertGreater(figures["flicker_before"], figures["flicker_after"])
        self.assertGreater(figures["share_that_stands_still"], 0.5)


if __name__ == "__main__":
    unittest.main()
