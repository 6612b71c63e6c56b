// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture_files.h"

#include <png.h>

#include <jpegdeblock/error.h>

using jpegdeblock::Error;
using jpegdeblock::ErrorCode;

namespace {

/// libpng's simplified reader; frees what libpng allocated on every way out.
class PngReader {
  public:
    explicit PngReader(const std::string& path) : path_(path) {
        image_.version = PNG_IMAGE_VERSION;
        if (!png_image_begin_read_from_file(&image_, path.c_str())) {
            fail();
        }
    }
    ~PngReader() { png_image_free(&image_); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    int width() const { return static_cast<int>(image_.width); }
    int height() const { return static_cast<int>(image_.height); }
    bool has_colour() const { return (image_.format & PNG_FORMAT_FLAG_COLOR) != 0; }

    void read(png_uint_32 format, std::uint8_t* samples) {
        image_.format = format;
        const png_color black{};
        if (!png_image_finish_read(&image_, &black, samples, 0, nullptr)) {
            fail();
        }
    }

  private:
    [[noreturn]] void fail() const {
        throw Error(ErrorCode::kInvalidFile, "cannot read '" + path_ + "' as PNG: " + image_.message);
    }

    std::string path_;
    png_image image_{};
};

}  // namespace

Picture make_picture(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height)};
}

Picture read_png(const std::string& path) {
    PngReader reader(path);
    Picture picture = make_picture(reader.width(), reader.height());
    reader.read(PNG_FORMAT_RGB, picture.samples.data());
    return picture;
}

jpegdeblock::LumaImage read_grey_png(const std::string& path) {
    PngReader reader(path);
    if (reader.has_colour()) {
        throw Error(ErrorCode::kInvalidFile, "'" + path + "' is a PNG in colour, expected a grey one");
    }
    jpegdeblock::LumaImage luma{reader.width(), reader.height(), {}};
    luma.samples.resize(std::size_t{1} * luma.width * luma.height);
    reader.read(PNG_FORMAT_GRAY, luma.samples.data());
    return luma;
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
