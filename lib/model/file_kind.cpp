// SPDX-License-Identifier: LGPL-2.1-or-later
#include "model/file_kind.h"

#include <charconv>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

namespace {

constexpr int kNewestFormatVersion = kFormatVersionOfHistory;

}  // namespace

void take_format(Safetensors& content, const std::string& format, const std::string& path) {
    const std::string found_format = content.metadata["format"];
    if (found_format != format)
        throw Error(ErrorCode::kInvalidFile, "'" + path + "' is a safetensors file of the format '" +
                                                 found_format + "', expected '" + format +
                                                 "' in its metadata; jpegdeblock-train writes such files.");
    const std::string text = content.metadata["format_version"];
    int version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    const bool whole = end == text.data() + text.size();
    if (whole && (error == std::errc::result_out_of_range || version > kNewestFormatVersion) &&
        text.front() != '-')
        throw Error(ErrorCode::kUnsupported,
                    "'" + path + "' has the format version " + text + ", this library knows versions up to " +
                        std::to_string(kNewestFormatVersion) + "; update the library.");
    if (!whole || error != std::errc() || version < 1)
        throw Error(ErrorCode::kInvalidFile,
                    "'" + path + "' has the format_version '" + text + "', expected a number from 1.");
    content.metadata.erase("format");
    content.metadata.erase("format_version");
}

void put_format(Safetensors& content, const std::string& format, int version) {
    content.metadata["format"] = format;
    content.metadata["format_version"] = std::to_string(version);
}

}  // namespace jpegdeblock
