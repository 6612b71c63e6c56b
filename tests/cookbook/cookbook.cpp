// SPDX-License-Identifier: LGPL-2.1-or-later
#include "cookbook.h"

#include <gtest/gtest.h>
#include <fstream>

namespace jpegdeblock_test {

std::map<std::string, std::vector<std::string>> read_commands(const std::string& page) {
    std::map<std::string, std::vector<std::string>> commands;
    std::ifstream file(page);
    EXPECT_TRUE(file.is_open()) << page;
    std::string heading, block, language;
    bool within = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("```")) {
            if (within) {
                EXPECT_TRUE(language == "sh" || language == "python")
                    << heading << ": a block of " << language;
                commands[heading].push_back(language == "python" ? PYTHON " - <<'END'\n" + block + "END\n"
                                                                 : block);
            }
            within = !within;
            language = line.substr(3);
            block.clear();
        } else if (within) {
            block += line + "\n";
        } else if (line.starts_with("## ")) {
            heading = line.substr(3);
        }
    }
    return commands;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " is not in\n" << text;
    for (; at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

}  // namespace jpegdeblock_test
