#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a program's manual page, made of what its --help says and a file with the sections around it.

Usage: man_page.py PROGRAM SECTIONS.man VERSION

So the options are those that the program has. SECTIONS.man is troff; its line '.\\" OPTIONS' stands for the subcommands.
"""

import pathlib
import re
import subprocess
import sys


def help_of(program, *subcommand):
    return subprocess.run([program, *subcommand, "--help"], capture_output=True, text=True, check=True).stdout


def flat(lines):
    """With what belongs to a group of options no deeper than other options."""
    in_group = False
    for line in lines:
        in_group = line.startswith("[Option Group:") or (in_group and line.startswith("  "))
        yield line[2:] if in_group and line.startswith("  ") else line


def entries(text):
    """[(heading, [(what, description)])] of a help text."""
    sections = []
    lines = [line.rstrip() for line in flat(text.splitlines())]
    for line, next_line in zip(lines, lines[1:] + [""]):
        if re.fullmatch(r"\S.*:", line):
            sections.append((line[:-1], []))
        elif sections and re.match(r" {2}\S", line):
            # What fills its column of 30 has its description behind one blank, or on the next line.
            what, _, description = line.strip().partition("  ")
            if not description and len(line) > 30 and line[29] == " " and not next_line.startswith(30 * " "):
                what, description = line[:30].strip(), line[30:]
            sections[-1][1].append([what, description.strip()])
        elif sections and sections[-1][1] and line.strip():
            entry = sections[-1][1][-1]
            entry[1] = f"{entry[1]} {line.strip()}".strip()
    return sections


def troff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def option_list(pairs):
    return "".join(f".TP\n\\fB{troff(what)}\\fR\n{troff(description)}\n" for what, description in pairs)


def options(program):
    page = ".SH OPTIONS\n"
    sections = entries(help_of(program))
    subcommands = [name for heading, pairs in sections if heading == "Subcommands" for name, _ in pairs]
    page += option_list(pair for heading, pairs in sections if heading == "Options" for pair in pairs)
    page += ".SH COMMANDS\n"
    for name in subcommands:
        text = help_of(program, name)
        summary, usage = text.splitlines()[:2]
        page += f".SS {name}\n{troff(summary)}.\n.PP\n{troff(usage.removeprefix('Usage: '))}\n"
        for heading, pairs in entries(text):
            if pairs and heading not in ("Positionals", "Options"):
                page += f".PP\n{troff(heading)}:\n"
            page += option_list(pair for pair in pairs if pair[0] not in ("-h,--help", "--help-all"))
    return page


def main():
    program, sections, version = sys.argv[1:]
    text = pathlib.Path(sections).read_text(encoding="utf-8").replace("@VERSION@", version)
    before, after = text.split('.\\" OPTIONS\n')
    sys.stdout.write(before + options(program) + after)


if __name__ == "__main__":
    main()
