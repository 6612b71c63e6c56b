// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/text_file.h"

#include <jpegdeblock/error.h>

#include <filesystem>
#include <fstream>
#include <system_error>

namespace jpegdeblock {

void write_text_file(const std::string& path, const std::string& text) {
    const std::string part = path + ".part";
    errno = 0;
    std::ofstream file(part, std::ios::binary);
    file << text;
    file.close();
    std::error_code error;
    if (file)
        std::filesystem::rename(part, path, error);
    else
        error = std::error_code(errno, std::generic_category());
    if (!error) return;
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw Error(ErrorCode::kUnwritable, "cannot write '" + path + "': " + error.message());
}

}  // namespace jpegdeblock
