# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/corpus.sh over a folder of a few JPEGs, and with a djpeg that decodes them otherwise."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import numpy
from PIL import Image

SCRIPT, BUILD = os.environ["JPEGDEBLOCK_CORPUS"], os.environ["JPEGDEBLOCK_BUILD"]


def run(*arguments, **environment):
    return subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, text=True,
                          env={**os.environ, **environment})


class Corpus(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.jpegs = self.root / "jpegs"
        (self.jpegs / "below").mkdir(parents=True)
        y, x = numpy.mgrid[:61, :75]
        waves = 128 + 90 * numpy.sin(0.2 * x + 0.1 * y)
        picture = Image.fromarray(numpy.stack([waves, waves.T.repeat(2, 1)[:75, :75].T[:61], 255 - waves], 2)
                                  .astype(numpy.uint8))
        picture.save(self.jpegs / "baseline.jpg", quality=50)
        picture.save(self.jpegs / "below" / "progressive.JPEG", quality=50, progressive=True)
        picture.convert("L").save(self.jpegs / "grey.jpg", quality=80)
        self.whole = (self.jpegs / "baseline.jpg").read_bytes()

    def test_without_a_folder_it_says_how_it_is_used(self):
        for arguments in ([], [self.root / "none"], [self.jpegs, self.root]):
            ended = run(*arguments)
            self.assertEqual(ended.returncode, 2)
            self.assertIn("Usage", ended.stderr)

    def test_whole_files_are_equal(self):
        (self.jpegs / "notes.txt").write_text("no JPEG")
        ended = run(self.jpegs, BUILD)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertIn("3 files\njpegdeblockdec: 3 shown\n", ended.stdout)
        self.assertIn("djpeg, no warning: 3 equal, 0 within one level, 0 different", ended.stdout)
        self.assertIn("jpegdec: 3 equal", ended.stdout)
        self.assertNotIn("FAULT", ended.stdout)

    def test_what_everybody_refuses_or_warns_of_is_no_fault(self):
        (self.jpegs / "cut.jpg").write_bytes(self.whole[: len(self.whole) * 3 // 4])
        (self.jpegs / "none.jpg").write_bytes(b"no JPEG")
        ended = run(self.jpegs, BUILD)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertIn("jpegdeblockdec: 1 flagged, 1 refused, 3 shown", ended.stdout)
        self.assertIn("cut.jpg: flagged", ended.stdout)
        self.assertIn("none.jpg: refused; djpeg: refused", ended.stdout)

    def test_a_difference_is_a_fault(self):
        other = self.root / "programs" / "djpeg"
        other.parent.mkdir()
        # All samples are shifted; P5, the size and 255 take 13 bytes.
        other.write_text(f"#!{sys.executable}\nimport subprocess, sys\n"
                         f"out = subprocess.run([{shutil.which('djpeg')!r}, *sys.argv[1:]], stdout=-1).stdout\n"
                         "head = out[:13]\n"
                         "sys.stdout.buffer.write(head + bytes((b + 9) % 256 for b in out[13:]))\n")
        other.chmod(0o755)
        ended = run(self.jpegs, BUILD, PATH=f"{other.parent}:{os.environ['PATH']}")
        self.assertEqual(ended.returncode, 1, ended.stdout + ended.stderr)
        self.assertIn("3 different", ended.stdout)
        self.assertIn("FAULT baseline.jpg", ended.stdout)


if __name__ == "__main__":
    if shutil.which("djpeg") is None:
        sys.exit(77)
    unittest.main()
