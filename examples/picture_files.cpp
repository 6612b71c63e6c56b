// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture_files.h"

#include <charconv>
#include <sstream>

#include <png.h>

#include <jpegdeblock/error.h>

using jpegdeblock::Error;
using jpegdeblock::ErrorCode;

Picture make_picture(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height)};
}

Picture read_png(const std::string& path) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&image, path.c_str())) {
        throw Error(ErrorCode::kInvalidFile, "cannot read '" + path + "' as PNG: " + image.message);
    }
    image.format = PNG_FORMAT_RGB;
    Picture picture = make_picture(static_cast<int>(image.width), static_cast<int>(image.height));
    const png_color black{};
    if (!png_image_finish_read(&image, &black, picture.samples.data(), 0, nullptr)) {
        throw Error(ErrorCode::kInvalidFile, "cannot read '" + path + "' as PNG: " + image.message);
    }
    return picture;
}

void write_png(const std::string& path, const Picture& picture) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(picture.width);
    image.height = static_cast<png_uint_32>(picture.height);
    image.format = PNG_FORMAT_RGB;
    if (!png_image_write_to_file(&image, path.c_str(), 0, picture.samples.data(), 0, nullptr)) {
        throw Error(ErrorCode::kUnwritable, "cannot write '" + path + "': " + image.message);
    }
}

namespace {

int parse_size(const std::string& path, const std::string& token) {
    int value = 0;
    const char* end = token.data() + token.size();
    const auto result = std::from_chars(token.data() + 1, end, value);
    if (result.ec != std::errc{} || result.ptr != end || value < 1 || value > 65535) {
        throw Error(ErrorCode::kInvalidFile,
                    "'" + path + "' has the size '" + token + "' in its header, expected 1..65535");
    }
    return value;
}

}  // namespace

Y4mReader::Y4mReader(const std::string& path) : path_(path), file_(path, std::ios::binary) {
    if (!file_) {
        throw Error(ErrorCode::kNotFound, "cannot open '" + path + "'");
    }
    std::string line;
    std::getline(file_, line);
    std::istringstream header(line);
    std::string token;
    header >> token;
    if (token != "YUV4MPEG2") {
        throw Error(ErrorCode::kInvalidFile, "'" + path + "' is no YUV4MPEG2 file");
    }
    std::string chroma = "420";
    while (header >> token) {
        if (token[0] == 'W') {
            width_ = parse_size(path, token);
        } else if (token[0] == 'H') {
            height_ = parse_size(path, token);
        } else if (token[0] == 'C') {
            chroma = token.substr(1);
        }
    }
    if (width_ == 0 || height_ == 0) {
        throw Error(ErrorCode::kInvalidFile, "'" + path + "' states no width or height in its header");
    }
    const std::streamoff half_width = (width_ + 1) / 2;
    if (chroma.starts_with("420") && !chroma.starts_with("420p1")) {
        chroma_bytes_ = 2 * half_width * ((height_ + 1) / 2);
    } else if (chroma == "422") {
        chroma_bytes_ = 2 * half_width * height_;
    } else if (chroma == "444") {
        chroma_bytes_ = std::streamoff{2} * width_ * height_;
    } else if (chroma != "mono") {
        throw Error(ErrorCode::kUnsupported,
                    "'" + path + "' has the chroma format '" + chroma + "', expected 420, 422, 444 or mono");
    }
}

std::optional<jpegdeblock::LumaImage> Y4mReader::next_frame() {
    std::string line;
    if (!std::getline(file_, line)) {
        return std::nullopt;
    }
    jpegdeblock::LumaImage luma{width_, height_,
                                std::vector<std::uint8_t>(static_cast<std::size_t>(width_) * height_)};
    file_.read(reinterpret_cast<char*>(luma.samples.data()),
               static_cast<std::streamsize>(luma.samples.size()));
    file_.ignore(chroma_bytes_);
    if (!line.starts_with("FRAME") || !file_) {
        throw Error(ErrorCode::kInvalidFile, "'" + path_ + "' is damaged or ends within a frame");
    }
    return luma;
}
