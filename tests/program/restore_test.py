#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""`jpegdeblock restore`, its results looked at with Pillow. The program's path is in JPEGDEBLOCK_PROGRAM."""

import os
import pathlib
import platform
import pty
import re
import resource
import subprocess
import tempfile
import time
import unittest

import numpy
from PIL import Image

import pictures

PROGRAM = os.environ["JPEGDEBLOCK_PROGRAM"]
FORMATS = {"png": ".png", "tiff": ".tiff", "jpeg": ".jpg"}


class RestoreTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jpegdeblock-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.input = self.folder / "in"
        self.output = self.folder / "out"
        self.input.mkdir()

    def run_program(self, *arguments, preset="fast", before=()):
        return subprocess.run([*before, PROGRAM, "restore", *map(str, arguments), "--preset", preset],
                              capture_output=True, text=True, timeout=300)

    def restore(self, *options, inputs=None, status=0):
        ending = self.run_program(*(inputs or [self.input]), "--output", self.output, *options)
        self.assertEqual(ending.returncode, status, ending.stdout + ending.stderr)
        return ending.stdout + ending.stderr

    def results(self):
        return sorted(str(p.relative_to(self.output)) for p in self.output.rglob("*") if p.is_file())

    # What must be refused.

    def test_usage_errors_give_2(self):
        pictures.save(self.input / "a.jpg")
        for arguments in ([], [self.input], ["--output", self.output], [self.input, "--output", self.output, "--format", "gif"],
                          [self.input, "--output", self.output, "--strength", "3"],
                          [self.input, "--output", self.output, "--shard", "3/2"],
                          [self.input, "--output", self.output, "--shard", "0/2"],
                          [self.folder / "nothing", "--output", self.output]):
            ending = self.run_program(*arguments)
            self.assertEqual(ending.returncode, 2, f"{arguments}: {ending.stderr}")
            self.assertNotEqual(ending.stderr, "")
        self.assertFalse(self.output.exists())

    def test_sources_are_never_written_over(self):
        path = self.input / "a.jpg"
        pictures.save(path)
        before = path.read_bytes()
        for folder in (self.input, self.input / "." / ""):
            ending = self.run_program(self.input, "--output", folder, "--format", "jpeg", "--overwrite")
            self.assertEqual(ending.returncode, 2)
            self.assertIn("--output", ending.stderr)
        self.assertEqual(path.read_bytes(), before)

    def test_broken_pictures_are_named_and_skipped(self):
        pictures.save(self.input / "good.jpg", pictures.drawn(300, 200))
        whole = (self.input / "good.jpg").read_bytes()
        (self.input / "empty.jpg").write_bytes(b"")
        (self.input / "text.jpg").write_bytes(b"no picture at all")
        (self.input / "cut.jpg").write_bytes(whole[:len(whole) * 2 // 3])
        text = self.restore(status=1)
        for name in ("empty", "text", "cut"):
            self.assertIn(f"{name}.jpg'", text)
        self.assertIn("1 restored, 0 there already, 3 skipped", text)
        self.assertEqual(self.results(), ["good.png"])
        self.restore("--damaged", status=1)
        self.assertEqual(self.results(), ["cut.png", "good.png"])

    def test_a_folder_that_cannot_be_written_to_fails_each_picture(self):
        pictures.save(self.input / "a.jpg")
        self.output.write_text("a file")
        self.restore(status=1)

    def test_folders_that_cannot_be_read_are_named_and_skipped(self):
        locked = self.input / "locked"
        for folder in (locked, self.input / "open"):
            folder.mkdir()
            pictures.save(folder / "a.jpg")
        (self.input / "broken link.jpg").symlink_to("nothing")
        locked.chmod(0)
        self.addCleanup(locked.chmod, 0o700)
        for inputs, restored in ((self.input, 1), (locked, 0)):
            ending = self.run_program(inputs, "--output", self.output, "--overwrite", before=pictures.WITHOUT_PRIVILEGES)
            self.assertEqual(ending.returncode, 1, ending.stderr)
            self.assertIn(f"skipped the folder '{locked}': ", ending.stderr)
            self.assertIn(f"{restored} restored, 0 there already, {restored + 1} skipped", ending.stdout)
        self.assertEqual(self.results(), ["open/a.png"])

    @unittest.skipUnless(platform.machine() == "x86_64", "instructions of other processors")
    def test_a_slow_processor_is_warned_of(self):
        pictures.save(self.input / "a.jpg")
        ending = self.run_program(self.input, "--output", self.output, "--quiet",
                                  before=["env", "ONEDNN_MAX_CPU_ISA=SSE41"])
        self.assertEqual(ending.returncode, 0, ending.stderr)
        self.assertRegex(ending.stderr, "^warning: This CPU has no AVX2 .*\n$")

    def test_hidden_files_and_linked_folders_are_left_out(self):
        (self.input / ".hidden").mkdir()
        for name in ("a.jpg", ".b.jpg", ".hidden/c.jpg"):
            pictures.save(self.input / name)
        (self.input / "link").symlink_to(self.input, target_is_directory=True)
        (self.input / "link.jpg").symlink_to("a.jpg")
        self.restore()
        self.assertEqual(self.results(), ["a.png", "link.png"])

    # Metadata.

    def save_with_everything(self, path, orientation):
        pictures.save(path, exif=pictures.exif(orientation), icc_profile=pictures.profile(),
                      comment=b"a comment", dpi=(300, 300))
        pictures.add_segment(path, 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + pictures.XMP)

    def test_metadata_are_in_every_format(self):
        for orientation in range(1, 9):
            self.save_with_everything(self.input / f"{orientation}.jpg", orientation)
        for name, ending in FORMATS.items():
            self.output = self.folder / name
            text = self.restore("--format", name)
            self.assertNotIn("without", text)
            for orientation in range(1, 9):
                with self.subTest(format=name, orientation=orientation):
                    path = self.output / f"{orientation}{ending}"
                    with Image.open(path) as picture:
                        # Pillow 11 says of TIFFs how large they are once they are turned.
                        size = (picture.tag_v2[256], picture.tag_v2[257]) if name == "tiff" else picture.size
                        self.assertEqual(size, (61, 45), "rotated")
                        exif = picture.getexif()
                        self.assertEqual(exif[pictures.ORIENTATION], orientation)
                        self.assertEqual(exif[pictures.MAKE].rstrip("\0"), "Maker")
                        self.assertEqual(picture.info["icc_profile"], pictures.profile())
                        self.assertEqual([round(d) for d in picture.info["dpi"]], [300, 300])
                    data = path.read_bytes()
                    self.assertTrue(pictures.XMP in data, "XMP")
                    self.assertTrue(b"a comment" in data, "comment")
                    if name != "tiff":
                        self.assertTrue(pictures.exif(orientation) in data, "thumbnail and all")

    def test_exif_that_cannot_be_read_is_left_out_of_tiffs(self):
        pictures.save(self.input / "a.jpg", exif=b"no TIFF structure at all")
        self.assertIn("a.jpg': The result is without its EXIF data", self.restore("--format", "tiff"))
        with Image.open(self.output / "a.tiff") as picture:
            picture.load()

    def test_tables_may_stand_before_the_picture(self):
        pictures.save(self.input / "whole.jpg", pictures.drawn(61, 45))
        data = (self.input / "whole.jpg").read_bytes()
        tables, rest, at = b"", b"", 2
        while data[at + 1] != 0xDA:
            end = at + 2 + int.from_bytes(data[at + 2:at + 4], "big")
            if data[at + 1] in (0xDB, 0xC4):
                tables += data[at:end]
            else:
                rest += data[at:end]
            at = end
        abbreviated = data[:2] + rest + data[at:]
        (self.input / "parted.jpg").write_bytes(data[:2] + tables + b"\xff\xd9" + abbreviated)
        self.restore()
        self.assertEqual((self.output / "parted.png").read_bytes(), (self.output / "whole.png").read_bytes())
        (self.input / "lacking.jpg").write_bytes(abbreviated)
        self.assertIn("lacking.jpg'", self.restore("--overwrite", status=1))

    def test_profiles_of_ink_do_not_stay_with_rgb(self):
        cmyk = pictures.drawn(61, 45).convert("CMYK")
        profile = bytearray(pictures.profile())
        profile[16:20] = b"CMYK"
        pictures.save(self.input / "ink.jpg", cmyk, icc_profile=bytes(profile))
        for name, ending in FORMATS.items():
            self.output = self.folder / name
            self.assertIn("CMYK", self.restore("--format", name))
            with Image.open(self.output / f"ink{ending}") as picture:
                self.assertEqual(picture.mode, "RGB")
                self.assertNotIn("icc_profile", picture.info)

    def test_kinds_of_pictures(self):
        drawn = pictures.drawn(61, 45)
        pictures.save(self.input / "grey.jpg", drawn.convert("L"))
        pictures.save(self.input / "progressive.jpg", drawn, progressive=True)
        pictures.save(self.input / "rgb.jpg", drawn, keep_rgb=True)
        pictures.save(self.input / "444.jpg", drawn, subsampling=0)
        pictures.save(self.input / "tiny.jpg", pictures.drawn(1, 1))
        for name, ending in FORMATS.items():
            self.output = self.folder / name
            self.restore("--format", name)
            for path in self.output.iterdir():
                with Image.open(path) as picture:
                    picture.load()
                    self.assertEqual(picture.mode, "L" if path.stem == "grey" else "RGB", path)
        with open(self.folder / "jpeg" / "progressive.jpg", "rb") as file, Image.open(file) as picture:
            self.assertEqual([layer[1:3] for layer in picture.layer], [(1, 1)] * 3, "not 4:4:4")

    # Samples.

    def test_strength_0_is_what_libjpeg_decodes(self):
        for width, height in ((61, 45), (64, 48), (9, 300), (2, 1)):
            for subsampling in (0, 1, 2):
                pictures.save(self.input / f"{width}-{height}-{subsampling}.jpg", pictures.drawn(width, height),
                              subsampling=subsampling)
        self.restore("--strength", "0")
        for path in self.input.iterdir():
            with Image.open(path) as jpeg, Image.open(self.output / f"{path.stem}.png") as restored:
                numpy.testing.assert_array_equal(numpy.asarray(jpeg.convert("RGB")), numpy.asarray(restored), path)

    def test_restores(self):
        drawn = pictures.drawn(200, 150)
        pictures.save(self.input / "a.jpg", drawn)

        def error(picture, columns=slice(None)):
            difference = numpy.asarray(picture, float) - numpy.asarray(drawn, float)
            return numpy.mean(difference[:, columns] ** 2)

        self.restore("--compare", "0.5")
        with Image.open(self.input / "a.jpg") as jpeg, Image.open(self.output / "a.png") as restored:
            left, right = slice(0, 96), slice(104, None)
            self.assertEqual(error(restored, left), error(jpeg, left))
            self.assertLess(error(restored, right), error(jpeg, right))

    # Options.

    def image(self, *options):
        self.restore("--overwrite", *options)
        with Image.open(self.output / "a.png") as picture:
            return numpy.asarray(picture)

    def test_quality(self):
        for quality in ("0", "101", "good"):
            self.assertEqual(self.run_program(self.input, "-o", self.output, "--quality", quality).returncode, 2)
        pictures.save(self.input / "a.jpg")
        for options, quality in (((), 95), (("--quality", "40"), 40)):
            self.restore("--format", "jpeg", "--overwrite", *options)
            pictures.save(self.folder / "expected.jpg", quality=quality)
            with Image.open(self.output / "a.jpg") as result, Image.open(self.folder / "expected.jpg") as expected:
                self.assertEqual(result.quantization, expected.quantization)

    def test_results_are_the_same_for_any_number_of_jobs(self):
        self.assertEqual(self.run_program(self.input, "-o", self.output, "--jobs", "-1").returncode, 2)
        for i in range(5):
            pictures.save(self.input / f"{i}.jpg", pictures.drawn(60, 40, i))
        results = []
        for jobs in ("1", "3", "20"):
            self.output = self.folder / jobs
            self.restore("--jobs", jobs)
            results.append([(self.output / name).read_bytes() for name in self.results()])
        self.assertEqual(len(results[0]), 5)
        self.assertEqual(results[1:], results[:1] * 2)

    def test_model(self):
        pictures.save(self.input / "a.jpg")
        self.assertIn("nothing.safetensors", self.restore("--model", self.folder / "nothing.safetensors", status=1))
        model = pathlib.Path(os.environ["JPEGDEBLOCK_MODEL_PATH"]) / "balanced.safetensors"
        fast, balanced = self.image(), self.image("--model", model)
        self.assertTrue((fast != balanced).any())
        self.output = self.folder / "preset"
        self.run_program(self.input, "--output", self.output, preset="balanced")
        with Image.open(self.output / "a.png") as picture:
            numpy.testing.assert_array_equal(numpy.asarray(picture), balanced)

    def test_planes(self):
        pictures.save(self.input / "a.jpg", pictures.drawn(120, 80), subsampling=0, quality=20)

        def changes(*options):
            """Of luma and chroma."""
            difference = self.image(*options).astype(float) - decoded
            luma = difference @ [0.299, 0.587, 0.114]
            return numpy.abs(luma).mean(), numpy.abs(difference[..., 2] - luma).mean()

        decoded = self.image("--strength", "0").astype(float)
        luma_alone, both = changes("--planes", "luma"), changes("--planes", "all")
        self.assertGreater(luma_alone[0], 1)
        self.assertLess(luma_alone[1], 0.5)
        self.assertGreater(both[1], 1)

    def test_ycck(self):
        path = self.input / "a.jpg"
        pictures.save(path, pictures.drawn(61, 45).convert("CMYK"), quality=90)
        jpeg = bytearray(path.read_bytes())
        jpeg[jpeg.index(b"Adobe") + 11] = 2  # The transform: what was CMYK now counts as YCCK.
        path.write_bytes(jpeg)
        with Image.open(path) as picture:
            ink = numpy.asarray(picture, float)
        expected = (255 - ink[..., :3]) * (255 - ink[..., 3:]) / 255
        self.assertLess(numpy.abs(self.image("--strength", "0") - expected).max(), 2)
        self.image()

    # What it says.

    def test_quiet(self):
        pictures.save(self.input / "a.jpg")
        self.assertEqual(self.restore("--quiet"), "")
        (self.input / "b.jpg").write_bytes(b"no picture")
        self.assertRegex(self.restore("-q", status=1), r"^skipped '.*/b\.jpg': .*\n$")

    def test_progress_in_a_file_is_lines(self):
        pictures.save(self.input / "a.jpg")
        ending = self.run_program(self.input, "--output", self.output)
        self.assertRegex(ending.stderr, r"^(\[#+\.*\] +\d+% \d of 1 pictures, .* left\n)+$")

    def test_progress_on_a_terminal_is_drawn_in_place(self):
        pictures.save(self.input / "a.jpg")
        (self.input / "b.jpg").write_bytes(b"no picture")
        try:
            terminal, end = pty.openpty()
        except OSError as error:
            self.skipTest(f"There are no terminals here: {error}.")
        with open(terminal, "rb", buffering=0) as screen:
            run = subprocess.Popen(["env", "ONEDNN_MAX_CPU_ISA=SSE41", PROGRAM, "restore", self.input, "--output",
                                    self.output, "--jobs", "1", "--preset", "fast"], stdout=subprocess.DEVNULL, stderr=end)
            os.close(end)
            text = b""
            try:
                while data := screen.read(4096):
                    text += data
            except OSError:  # Linux's word for a terminal that nobody writes to any more.
                pass
            self.assertEqual(run.wait(), 1)
        lines = text.decode().split("\r\n")
        self.assertTrue(any(line.startswith("skipped '") for line in lines), text)
        self.assertIn("\r[", text.decode())
        # Each time from the line's beginning, and what was there before is wiped away.
        for bar in re.findall(r"[^\r\n]*\[[#.]+\][^\r\n]*", text.decode()):
            self.assertRegex(bar, r"^\[.* left\x1b\[K$")
        if platform.machine() == "x86_64":
            self.assertTrue(any(line.startswith("\r\x1b[Kwarning: This CPU") for line in lines), text)

    # Files.

    def test_names_and_folders(self):
        (self.input / "2024" / "may").mkdir(parents=True)
        for name in ("a.jpg", "a.jpeg", "2024/b.JPG", "2024/may/c.jfif"):
            pictures.save(self.input / name)
        (self.input / "notes.txt").write_text("no picture")
        self.restore()
        self.assertEqual(self.results(), ["2024/b.png", "2024/may/c.png", "a.jpeg.png", "a.jpg.png"])

    def test_times_are_kept(self):
        pictures.save(self.input / "a.jpg")
        os.utime(self.input / "a.jpg", (1000000000, 1111111111))
        self.restore()
        self.assertEqual(int((self.output / "a.png").stat().st_mtime), 1111111111)

    def test_what_is_there_stays(self):
        pictures.save(self.input / "a.jpg")
        self.restore()
        (self.output / "a.png").write_text("changed")
        self.assertIn("0 restored, 1 there already", self.restore())
        self.assertEqual((self.output / "a.png").read_text(), "changed")
        self.restore("--overwrite")
        self.assertNotEqual((self.output / "a.png").read_bytes(), b"changed")

    def test_killed_in_the_middle_and_resumed(self):
        for i in range(40):
            pictures.save(self.input / f"{i:02}.jpg", pictures.drawn(300, 200, i))
        run = subprocess.Popen([PROGRAM, "restore", self.input, "--output", self.output, "-q"])
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not list(self.output.glob("*.png")):
            time.sleep(0.01)
        run.kill()
        run.wait()
        whole = list(self.output.glob("*.png"))
        self.assertGreater(len(whole), 0)
        for path in whole:
            with Image.open(path) as picture:
                picture.load()
        self.assertIn(f"{40 - len(whole)} restored, {len(whole)} there already", self.restore())
        self.assertEqual(self.results(), [f"{i:02}.png" for i in range(40)])

    def test_shards_share_the_work(self):
        for i in range(7):
            pictures.save(self.input / f"{i}.jpg", pictures.drawn(16, 16, i))
        sizes = []
        for shard in ("1/3", "2/3", "3/3"):
            self.restore("--shard", shard)
            sizes.append(len(self.results()))
        self.assertEqual(sizes, [3, 5, 7])

    def test_gnu_parallel_without_another_machine(self):
        """As docs/program.md has it, with xargs in parallel's place."""
        for i in range(4):
            pictures.save(self.input / f"{i}.jpg", pictures.drawn(16, 16, i))
        command = f"seq 2 | xargs -P 2 -I K {PROGRAM} restore {self.input} -o {self.output} --preset fast --shard K/2"
        subprocess.run(command, shell=True, check=True, capture_output=True)
        self.assertEqual(len(self.results()), 4)

    def test_memory_does_not_grow_with_the_picture(self):
        Image.effect_noise((16000, 6000), 20).save(self.input / "large.jpg", "jpeg", quality=30)
        self.restore("--planes", "luma")
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        self.assertLess(megabytes, 700)


if __name__ == "__main__":
    unittest.main()
