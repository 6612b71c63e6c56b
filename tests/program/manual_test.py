#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual pages and the bash completion against what the programs' --help says.

JPEGDEBLOCK_PROGRAMS names the programs, JPEGDEBLOCK_MANUAL_PAGES their pages, both separated by colons;
JPEGDEBLOCK_COMPLETION the script.
"""

import os
import re
import shutil
import subprocess
import unittest

PROGRAMS = os.environ["JPEGDEBLOCK_PROGRAMS"].split(":")
PAGES = os.environ["JPEGDEBLOCK_MANUAL_PAGES"].split(":")
COMPLETION = os.environ["JPEGDEBLOCK_COMPLETION"]


def help_of(program, *subcommand):
    return subprocess.run([program, *subcommand, "--help"], capture_output=True, text=True, check=True).stdout


def subcommands(program):
    return re.findall(r"^  ([a-z]+) ", help_of(program).split("Subcommands:")[1], re.MULTILINE)


def options(program, subcommand):
    return re.findall(r"^ {2,4}(?:-\w,)?(--[\w-]+)", help_of(program, subcommand), re.MULTILINE)


def complete(program, *words):
    """What bash offers for the last word."""
    script = (f'. "{COMPLETION}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _jpegdeblock; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    return subprocess.run(["bash", "-c", script, "bash", program, *words], capture_output=True, text=True,
                          check=True).stdout.split()


class ManualTest(unittest.TestCase):
    def test_every_option_is_in_the_page(self):
        for program, page in zip(PROGRAMS, PAGES):
            with open(page, encoding="utf-8") as file:
                text = file.read().replace("\\-", "-")
            for subcommand in subcommands(program):
                self.assertIn(f".SS {subcommand}\n", text)
                section = text.split(f".SS {subcommand}\n")[1].split("\n.S")[0]
                for option in options(program, subcommand):
                    if option not in ("--help", "--help-all"):
                        self.assertRegex(section, rf"\\fB(-\w,)?{option}\b")
            # An entry has a description, and the next option is none of it.
            for entry in text.split("\n.TP\n")[1:]:
                name, description = entry.split("\n")[:2]
                self.assertNotEqual(description, "", name)
                self.assertNotIn("  ", name)

    @unittest.skipUnless(shutil.which("groff"), "no groff")
    def test_pages_are_well_formed(self):
        for page in PAGES:
            ending = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True,
                                    check=True)
            self.assertEqual(ending.stderr, "")


class CompletionTest(unittest.TestCase):
    def test_subcommands_options_and_words(self):
        for program in PROGRAMS:
            self.assertEqual(set(complete(program, "")), {*subcommands(program), "--help", "--version"})
            version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
            self.assertRegex(version, r"^\d+\.\d+\.\d+")
            for subcommand in subcommands(program):
                self.assertEqual(set(complete(program, subcommand, "--")), set(options(program, subcommand)))
        self.assertEqual(complete(PROGRAMS[0], "restore", "--format", ""), ["png", "tiff", "jpeg"])
        self.assertEqual(complete(PROGRAMS[0], "restore", "--format", "p"), ["png"])
        self.assertEqual(complete(PROGRAMS[0], "restore", COMPLETION[:-2]), [COMPLETION])


if __name__ == "__main__":
    unittest.main()
