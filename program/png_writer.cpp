// SPDX-License-Identifier: LGPL-2.1-or-later
#include <png.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>

#include <jpegdeblock/error.h>

#include "picture_writer.h"

namespace jpegdeblock {
namespace {

constexpr int kCompression = 4;  ///< zlib's. 6 takes three times as long for 1 % of the bytes.

bool is_ascii(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 128; });
}

class PngWriter : public PictureWriter {
  public:
    PngWriter(AtomicFile& file, const PictureHeader& header) : file_(file) {
        png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, &fail, &ignore);
        info_ = png_ ? png_create_info_struct(png_) : nullptr;
        if (info_ == nullptr) {
            png_destroy_write_struct(&png_, nullptr);
            throw std::bad_alloc();
        }
        profile_ = fitting_profile(header);
        exif_ = header.metadata->exif;
        collect_texts(*header.metadata);
        try {
            guarded([&] { write_header(header); });
        } catch (...) {
            png_destroy_write_struct(&png_, &info_);
            throw;
        }
    }
    ~PngWriter() override { png_destroy_write_struct(&png_, &info_); }

    void write_row(const std::uint8_t* pixels) override {
        guarded([&] { png_write_row(png_, pixels); });
    }

    void finish() override {
        guarded([&] { png_write_end(png_, info_); });
    }

  private:
    static void fail(png_structp png, png_const_charp message) {
        auto* self = static_cast<PngWriter*>(png_get_error_ptr(png));
        if (!self->error_)
            self->error_ = std::make_exception_ptr(
                Error(ErrorCode::kUnwritable, std::string("Cannot write a PNG: ") + message + "."));
        png_longjmp(png, 1);
    }

    static void ignore(png_structp, png_const_charp) {}

    /// Nothing is thrown through libpng.
    static void write(png_structp png, png_bytep bytes, std::size_t count) {
        auto* self = static_cast<PngWriter*>(png_get_io_ptr(png));
        try {
            self->file_.write(bytes, count);
            return;
        } catch (...) {
            self->error_ = std::current_exception();
        }
        png_error(png, "its file cannot be written");
    }

    /// calls: must own nothing that has a destructor.
    template <typename Calls>
    void guarded(Calls calls) {
        if (setjmp(png_jmpbuf(png_)) == 0) {
            calls();
            return;
        }
        std::rethrow_exception(error_);
    }

    void collect_texts(const Metadata& metadata) {
        if (!metadata.xmp.empty()) {
            xmp_ = metadata.xmp;
            add_text("XML:com.adobe.xmp", xmp_, PNG_ITXT_COMPRESSION_NONE);
        }
        comments_ = metadata.comments;
        for (std::string& comment : comments_) {
            std::replace(comment.begin(), comment.end(), '\0', ' ');
            add_text("Comment", comment,
                     is_ascii(comment) ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE);
        }
    }

    void add_text(const char* key, std::string& value, int compression) {
        png_text text{};
        text.compression = compression;
        text.key = const_cast<char*>(key);
        text.text = value.data();
        text.text_length = value.size();
        text.itxt_length = value.size();
        texts_.push_back(text);
    }

    void write_header(const PictureHeader& header) {
        png_set_write_fn(png_, this, &write, nullptr);
        png_set_compression_level(png_, kCompression);
        png_set_user_limits(png_, 0x7FFFFFFF, 0x7FFFFFFF);
        png_set_IHDR(png_, info_, static_cast<png_uint_32>(header.width),
                     static_cast<png_uint_32>(header.height), 8,
                     header.pixels == PixelFormat::kGrey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        // A profile that libpng finds fault with is the original's all the same.
        png_set_option(png_, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
        png_set_benign_errors(png_, 1);
        if (!profile_.empty())
            png_set_iCCP(png_, info_, "ICC profile", PNG_COMPRESSION_TYPE_BASE, profile_.data(),
                         static_cast<png_uint_32>(profile_.size()));
        if (!exif_.empty()) png_set_eXIf_1(png_, info_, static_cast<png_uint_32>(exif_.size()), exif_.data());
        write_density(*header.metadata);
        if (!texts_.empty()) png_set_text(png_, info_, texts_.data(), static_cast<int>(texts_.size()));
        png_write_info(png_, info_);
    }

    void write_density(const Metadata& metadata) {
        if (!metadata.has_jfif || metadata.density.x <= 0 || metadata.density.y <= 0) return;
        const double for_each_metre = metadata.density.unit == 1   ? 1 / 0.0254
                                      : metadata.density.unit == 2 ? 100
                                                                   : 1;
        if (metadata.density.unit == 0 && metadata.density.x == metadata.density.y) return;
        png_set_pHYs(png_, info_, static_cast<png_uint_32>(std::lround(metadata.density.x * for_each_metre)),
                     static_cast<png_uint_32>(std::lround(metadata.density.y * for_each_metre)),
                     metadata.density.unit == 0 ? PNG_RESOLUTION_UNKNOWN : PNG_RESOLUTION_METER);
    }

    AtomicFile& file_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    std::exception_ptr error_;
    std::vector<std::uint8_t> profile_, exif_;
    std::string xmp_;
    std::vector<std::string> comments_;
    std::vector<png_text> texts_;
};

}  // namespace

std::unique_ptr<PictureWriter> make_png_writer(AtomicFile& file, const PictureHeader& header) {
    return std::make_unique<PngWriter>(file, header);
}

}  // namespace jpegdeblock
