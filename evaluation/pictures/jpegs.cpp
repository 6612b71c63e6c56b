// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures/jpegs.h"

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include <filesystem>
#include <memory>
#include <span>
#include <system_error>

#include "pictures/pictures.h"

namespace jpegdeblock {
namespace {

namespace fs = std::filesystem;

std::vector<NamedJpeg> list_folder(const std::string& folder) {
    std::vector<NamedJpeg> jpegs;
    for (const std::string& path : list_pictures(folder))
        jpegs.push_back({fs::path(path).lexically_relative(folder).string(),
                         fs::path(path).parent_path().string(), [path] { return read_file(path); }});
    return jpegs;
}

std::vector<NamedJpeg> list_stream(const std::string& path) {
    const auto bytes = std::make_shared<const std::vector<std::uint8_t>>(read_file(path));
    std::vector<NamedJpeg> jpegs;
    const auto add = [&](std::size_t from, std::size_t to) {
        jpegs.push_back({path + ", frame " + std::to_string(jpegs.size() + 1), path, [bytes, from, to] {
                             const auto all = bytes->begin();
                             return std::vector<std::uint8_t>(all + static_cast<std::ptrdiff_t>(from),
                                                              all + static_cast<std::ptrdiff_t>(to));
                         }});
    };
    JpegStream stream;
    std::size_t position = 0, start = 0;
    while (true) {
        const bool goes_on = stream.inside();
        const JpegStream::Found found = stream.look(std::span(*bytes).subspan(position));
        if (!goes_on) start = position + found.skip;
        position += found.skip + found.take;
        if (found.complete) add(start, position);
        if (!found.complete && !found.scan_complete) break;
    }
    if (stream.inside()) add(start, bytes->size());
    if (jpegs.empty()) throw Error(ErrorCode::kInvalidFile, "the file '" + path + "' holds no JPEG");
    return jpegs;
}

}  // namespace

bool is_jpeg_stream(const std::string& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

std::vector<NamedJpeg> list_jpegs(const std::string& path) {
    return is_jpeg_stream(path) ? list_stream(path) : list_folder(path);
}

}  // namespace jpegdeblock
