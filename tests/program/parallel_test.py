#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command lines for GNU parallel in docs/program.md, as they stand there, with a stand-in for ssh. The program's
path is in JPEGDEBLOCK_PROGRAM, the page's in JPEGDEBLOCK_PROGRAM_PAGE."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import pictures

# Each host is a folder: it has the files that were carried there, and no others.
SSH = """#!/bin/bash
while [[ "$1" == -* ]]; do
    [[ "$1" != -[lop] ]] || shift
    shift
done
host="$1"
shift
[[ "$1" != -- ]] || shift
echo "$host" >>"$HOSTS/log"
mkdir -p "$HOSTS/$host"
cd "$HOSTS/$host"
exec sh -c "$*"
"""
NAMES = ["one.jpg", "with blank's.jpg", "folder/one.jpg", "folder/deeper/two.jpg"]


@unittest.skipUnless(shutil.which("parallel") and shutil.which("rsync"), "no GNU parallel, or no rsync")
class ParallelTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="jpegdeblock-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.archive = self.folder / "archive"
        for number, name in enumerate(NAMES):
            path = self.archive / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pictures.save(path, pictures.drawn(40, 30, number))
        # The programs that a host has, and a home for what parallel keeps.
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "jpegdeblock").symlink_to(os.environ["JPEGDEBLOCK_PROGRAM"])
        ssh = programs / "stand-in-for-ssh"
        ssh.write_text(SSH)
        ssh.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PARALLEL_SSH": str(ssh),
            # parallel runs its commands by this shell, and runs none, saying nothing, where it is not set to one.
            "SHELL": shutil.which("bash"),
            "HOME": str(self.folder),
            "HOSTS": str(self.folder / "hosts"),
        }
        (self.folder / "hosts").mkdir()
        page = pathlib.Path(os.environ["JPEGDEBLOCK_PROGRAM_PAGE"]).read_text(encoding="utf-8")
        self.commands = [
            command for command in re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE) if "parallel" in command
        ]
        self.assertEqual(len(self.commands), 2)

    def run_command(self, command, hosts):
        ending = subprocess.run(["bash", "-ec", command], cwd=self.archive, env=self.environment, text=True,
                                stdin=subprocess.DEVNULL, capture_output=True)
        self.assertEqual(ending.returncode, 0, ending.stderr)
        self.assertEqual(set((self.folder / "hosts/log").read_text().split()), hosts)

    def assert_restored(self, folder):
        found = {str(path.relative_to(folder)) for path in folder.rglob("*.png")}
        self.assertEqual(found, {name.replace(".jpg", ".png") for name in NAMES})

    def test_machines_that_share_a_file_system(self):
        command = self.commands[0].replace("/archive", str(self.archive)).replace("/restored", str(self.folder / "restored"))
        self.run_command(command, {"host1", "host2", "host3", "host4"})
        self.assert_restored(self.folder / "restored")

    def test_machines_that_pictures_are_carried_to(self):
        self.run_command(self.commands[1], {"host1", "host2"})
        self.assert_restored(self.archive / "restored")
        left = [path for path in (self.folder / "hosts").rglob("*") if path.suffix in (".jpg", ".png")]
        self.assertEqual(left, [])


if __name__ == "__main__":
    unittest.main()
