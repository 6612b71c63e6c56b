// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string>

#include "commands/commands.h"

namespace jpegdeblock {

void add_planes_option(CLI::App& command, bool& chroma) {
    command
        .add_option_function<std::string>(
            "--planes", [&chroma](const std::string& planes) { chroma = planes == "chroma"; },
            "Planes of the pictures: luma, or chroma (Cb and Cr, with the IJG's tables for it)")
        ->check(CLI::IsMember({"luma", "chroma"}))
        ->default_str("luma");
}

}  // namespace jpegdeblock
