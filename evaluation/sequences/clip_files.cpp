// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sequences/clip_files.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "pictures/pictures.h"

namespace jpegdeblock {
namespace {

Error invalid(const std::string& path, const std::string& problem) {
    return Error(ErrorCode::kInvalidFile, "'" + path + "' " + problem);
}

/// What the header of a YUV4MPEG2 file says.
struct Y4mHeader {
    int width = 0, height = 0;
    std::size_t chroma_bytes = 0;  ///< Of both planes of a frame.
};

Y4mHeader parse_header(const std::string& line, const std::string& path) {
    std::istringstream words(line);
    std::string word, colours = "420";
    words >> word;
    if (word != "YUV4MPEG2") throw invalid(path, "is no YUV4MPEG2 file");
    Y4mHeader header;
    while (words >> word) {
        if (word[0] == 'W') header.width = std::atoi(word.c_str() + 1);
        if (word[0] == 'H') header.height = std::atoi(word.c_str() + 1);
        if (word[0] == 'C') colours = word.substr(1);
    }
    constexpr int kLargest = 1 << 14;
    if (header.width < 8 || header.height < 8 || header.width > kLargest || header.height > kLargest)
        throw invalid(path, "has frames of " + std::to_string(header.width) + "x" +
                                std::to_string(header.height) + " pixels, expected 8 to " +
                                std::to_string(kLargest) + " a side");
    const auto wide = static_cast<std::size_t>(header.width), high = static_cast<std::size_t>(header.height);
    const std::size_t halved_x = (wide + 1) / 2, halved_y = (high + 1) / 2;
    const bool eight_bits = colours.find('p') == std::string::npos || colours == "420paldv" ||
                            colours == "420mpeg2" || colours == "420jpeg";
    if (colours == "mono")
        header.chroma_bytes = 0;
    else if (eight_bits && colours.starts_with("420"))
        header.chroma_bytes = 2 * halved_x * halved_y;
    else if (eight_bits && colours == "422")
        header.chroma_bytes = 2 * halved_x * high;
    else if (eight_bits && colours == "444")
        header.chroma_bytes = 2 * wide * high;
    else
        throw Error(ErrorCode::kUnsupported, "'" + path + "' has the colours C" + colours +
                                                 ", expected 8 bits: C420, C422, C444 or Cmono");
    return header;
}

Clip load_y4m(const std::string& path, int most) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(ErrorCode::kUnreadable, "cannot read '" + path + "'");
    std::string line;
    std::getline(file, line);
    const Y4mHeader header = parse_header(line, path);
    const std::size_t samples =
        static_cast<std::size_t>(header.width) * static_cast<std::size_t>(header.height);
    Clip clip{path, {}, {}};
    while (static_cast<int>(clip.pristine.size()) < most && std::getline(file, line)) {
        if (!line.starts_with("FRAME")) throw invalid(path, "is damaged: a frame does not begin with FRAME");
        LumaImage frame{header.width, header.height, std::vector<std::uint8_t>(samples)};
        file.read(reinterpret_cast<char*>(frame.samples.data()), static_cast<std::streamsize>(samples));
        file.ignore(static_cast<std::streamsize>(header.chroma_bytes));
        if (!file) throw invalid(path, "ends within a frame");
        clip.pristine.push_back(std::move(frame));
    }
    return clip;
}

Clip load_folder(const std::string& path, int most) {
    Clip clip{path, {}, {}};
    for (const std::string& picture : list_pictures(path)) {
        if (static_cast<int>(clip.pristine.size()) == most) break;
        clip.pristine.push_back(load_luma(picture));
        const LumaImage &first = clip.pristine.front(), &last = clip.pristine.back();
        if (last.width != first.width || last.height != first.height)
            throw invalid(picture, "is not as large as the frames before it");
    }
    return clip;
}

}  // namespace

Clip load_clip(const std::string& path, int most) {
    Clip clip = std::filesystem::is_directory(path) ? load_folder(path, most) : load_y4m(path, most);
    if (clip.pristine.size() < 2) throw invalid(path, "has fewer than two frames");
    return clip;
}

}  // namespace jpegdeblock
