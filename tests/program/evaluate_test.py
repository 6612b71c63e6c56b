#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""`jpegdeblock evaluate` and `inspect`. The program's path is in JPEGDEBLOCK_PROGRAM."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import numpy
from PIL import Image

import pictures

PROGRAM = os.environ["JPEGDEBLOCK_PROGRAM"]
MODELS = pathlib.Path(os.environ["JPEGDEBLOCK_MODEL_PATH"])
MODEL = MODELS / "fast.safetensors"
VIDEO_MODEL = MODELS / "fast-temporal.safetensors"


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

    def save_clip(self, *names):
        """A scene that stands still, with noise."""
        drawn = numpy.asarray(pictures.drawn(160, 128), float)
        random = numpy.random.default_rng(1)
        for name in names:
            noisy = numpy.clip(drawn + random.normal(0, 2, drawn.shape), 0, 255).astype(numpy.uint8)
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pictures.save(path, Image.fromarray(noisy), quality=20)

    def figures(self, model, path):
        file = self.folder / "figures.json"
        ending = run_program("evaluate", model, path, "--no-reference", "--json", file)
        self.assertEqual(ending.returncode, 0, ending.stderr)
        return json.loads(file.read_text())

    def test_without_originals(self):
        self.save_clip(*(f"{i}.jpg" for i in range(4)))
        (self.folder / "broken.jpg").write_bytes(b"no picture")
        ending = run_program("evaluate", MODEL, self.folder, "--no-reference")
        self.assertEqual(ending.returncode, 0, ending.stderr)
        self.assertIn("broken.jpg", ending.stderr)
        self.assertIn("4 JPEGs", ending.stdout)
        figures = self.figures(MODEL, self.folder)
        self.assertEqual(figures["pairs_of_frames"], 3)
        self.assertGreater(figures["blocking_before"], 2 * figures["blocking_after"])
        self.assertGreater(figures["flicker_before"], figures["flicker_after"])
        self.assertGreater(figures["share_that_stands_still"], 0.5)

    def test_models_for_videos_are_shown_the_frames_before(self):
        clip, alone = self.folder / "clip", self.folder / "alone"
        self.save_clip(*(f"clip/{i}.jpg" for i in range(3)))
        for i in range(3):  # A folder for each: none follows another.
            (alone / str(i)).mkdir(parents=True)
            shutil.copy(clip / f"{i}.jpg", alone / str(i))
        together, apart = self.figures(VIDEO_MODEL, clip), self.figures(VIDEO_MODEL, alone)
        self.assertNotIn("flicker_after", apart)
        after = [[picture["blocking_after"] for picture in figures["pictures"]] for figures in (together, apart)]
        self.assertEqual(after[0][0], after[1][0])
        self.assertNotEqual(after[0][1], after[1][1])
        self.assertEqual(self.figures(VIDEO_MODEL, alone / "2")["pictures"][0]["blocking_after"], after[1][2])
        self.assertLess(together["flicker_after"], self.figures(MODEL, clip)["flicker_after"])

    def test_streams(self):
        (self.folder / "empty").write_bytes(b"")
        (self.folder / "text").write_bytes(b"no JPEG")
        for name in ("empty", "text"):
            ending = run_program("evaluate", MODEL, self.folder / name, "--no-reference")
            self.assertEqual(ending.returncode, 1)
            self.assertIn(f"{name}' holds no JPEG", ending.stderr)
        self.save_clip(*(f"clip/{i}.jpg" for i in range(3)))
        frames = [path.read_bytes() for path in sorted((self.folder / "clip").iterdir())]
        stream = self.folder / "clip.mjpeg"
        stream.write_bytes(b"".join(frames))
        of_stream, of_folder = self.figures(VIDEO_MODEL, stream), self.figures(VIDEO_MODEL, self.folder / "clip")
        self.assertEqual([picture.pop("name") for picture in of_stream["pictures"]],
                         [f"{stream}, frame {i}" for i in (1, 2, 3)])
        for picture in of_folder["pictures"]:
            picture.pop("name")
        self.assertEqual(of_stream, of_folder)
        # Cut off in the last one.
        stream.write_bytes(b"".join(frames)[:-200])
        self.assertEqual(len(self.figures(VIDEO_MODEL, stream)["pictures"]), 3)

    def test_models_by_name(self):
        ending = run_program("inspect", "none")
        self.assertEqual(ending.returncode, 1)
        self.assertIn(f"no model 'none' in '{MODELS}'", ending.stderr)
        self.assertEqual(run_program("inspect", "fast").stdout, run_program("inspect", MODEL).stdout)
        self.save_clip("clip/1.jpg", "clip/2.jpg")
        clip = self.folder / "clip"
        self.assertEqual(self.figures("fast", clip), self.figures(MODEL, clip))
        stream = self.folder / "clip.mjpeg"
        stream.write_bytes(b"".join(path.read_bytes() for path in sorted(clip.iterdir())))
        # As the elements restore a video: by the preset's network for them.
        self.assertNotEqual(self.figures("fast", stream)["pictures"][1], self.figures(MODEL, stream)["pictures"][1])


if __name__ == "__main__":
    unittest.main()
