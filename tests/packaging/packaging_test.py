#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""debian/ says the same as the build system, the list of packages and the changelog. packaging/try-deb.sh tries the
packages themselves."""

import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ["JPEGDEBLOCK_SOURCE"])


def text_of(path):
    return (SOURCE / path).read_text(encoding="utf-8")


def field(name, paragraph):
    """The value of a field of a paragraph of debian/control."""
    found = re.search(rf"^{name}: *(.*(?:\n .*)*)", paragraph, re.MULTILINE)
    return found.group(1) if found else ""


def listed_packages(section):
    """What a section of apt-packages.txt has."""
    body = re.search(rf"^# {section}:.*\n((?:(?!# [a-z]+:).*\n)*)", text_of("packaging/apt-packages.txt"), re.MULTILINE)
    return {line for line in body.group(1).splitlines() if line and not line.startswith("#")}


class Debian(unittest.TestCase):
    def setUp(self):
        self.source, *self.binaries = text_of("debian/control").split("\n\n")
        self.names = [field("Package", paragraph) for paragraph in self.binaries]

    def test_what_the_build_needs_is_in_the_list_of_packages(self):
        needed = {entry.split()[0] for entry in field("Build-Depends", self.source).split(",")}
        listed = listed_packages("build") | listed_packages("training") | listed_packages("packages")
        # Each of these comes with another: Meson brings ninja, every Debian that builds packages the tools for it.
        implied = {"ninja-build", "g++", "dpkg-dev", "build-essential", "lintian", "fonts-dejavu-core"}
        self.assertEqual(needed - {"debhelper-compat"} | {"debhelper"}, listed - implied)

    def test_training_is_left_out_with_all_that_it_needs(self):
        entries = field("Build-Depends", self.source).split(",")
        left_out = {entry.split()[0] for entry in entries if "<!pkg.gst-jpegdeblock.notraining>" in entry}
        self.assertEqual(left_out, listed_packages("training") - {"fonts-dejavu-core"})

    def test_library_is_named_after_its_soversion(self):
        soversion = re.search(r"binary_version = '(\d+)\.", text_of("lib/meson.build")).group(1)
        self.assertIn(f"libjpegdeblock{soversion}", self.names)

    def test_every_package_says_what_is_in_it(self):
        for name in self.names:
            self.assertTrue((SOURCE / "debian" / f"{name}.install").exists(), name)

    def test_version_is_that_of_the_changelog(self):
        version = re.match(r"gst-jpegdeblock \((\S+)\)", text_of("debian/changelog")).group(1)
        project = re.search(r"version: '([\d.]+)'", text_of("meson.build")).group(1)
        newest = re.search(r"^## (\S+)", text_of("CHANGELOG.md"), re.MULTILINE).group(1)
        self.assertEqual(version, f"{project}+next" if newest == "Unreleased" else project)


if __name__ == "__main__":
    unittest.main()
