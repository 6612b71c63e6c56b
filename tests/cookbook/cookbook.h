// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

namespace jpegdeblock_test {

/// The blocks of code of a page in Markdown, in their order, by the heading (of level 2) that they stand
/// under. Blocks in Python become a shell command that runs them.
std::map<std::string, std::vector<std::string>> read_commands(const std::string& page);

/// Replaces every occurrence; fails the test where there is none.
void replace_all(std::string& text, const std::string& from, const std::string& to);

}  // namespace jpegdeblock_test
