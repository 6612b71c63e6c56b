// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <exception>
#include <vector>

#include <jpegdeblock/error.h>

#include "jpeg/jpeg_errors.h"
#include "picture_writer.h"

namespace jpegdeblock {
namespace {

/// Writes to an AtomicFile. What that throws is kept while libjpeg is on the way.
struct FileDestination : jpeg_destination_mgr {
    explicit FileDestination(AtomicFile& to)
        : jpeg_destination_mgr{}, file(to), buffer(std::size_t{1} << 16) {
        init_destination = [](j_compress_ptr codec) { of(codec).rewind(); };
        empty_output_buffer = [](j_compress_ptr codec) {
            of(codec).flush(of(codec).buffer.size());
            of(codec).rewind();
            return static_cast<boolean>(TRUE);
        };
        term_destination = [](j_compress_ptr codec) {
            of(codec).flush(of(codec).buffer.size() - of(codec).free_in_buffer);
        };
    }

    static FileDestination& of(j_compress_ptr codec) { return *static_cast<FileDestination*>(codec->dest); }

    void rewind() {
        next_output_byte = buffer.data();
        free_in_buffer = buffer.size();
    }

    void flush(std::size_t bytes) {
        if (error) return;
        try {
            file.write(buffer.data(), bytes);
        } catch (...) {
            error = std::current_exception();
        }
    }

    AtomicFile& file;
    std::vector<JOCTET> buffer;
    std::exception_ptr error;
};

class JpegWriter : public PictureWriter {
  public:
    JpegWriter(AtomicFile& file, const PictureHeader& header) : destination_(file) {
        profile_ = fitting_profile(header);
        codec_.err = &errors_.manager;
        try {
            run([&] { start(header); });
            write_segments(*header.metadata);
        } catch (...) {
            jpeg_destroy_compress(&codec_);
            throw;
        }
    }
    ~JpegWriter() override { jpeg_destroy_compress(&codec_); }

    void write_row(const std::uint8_t* pixels) override {
        auto* row = const_cast<JSAMPROW>(pixels);
        run([&] { jpeg_write_scanlines(&codec_, &row, 1); });
    }

    void finish() override {
        run([&] { jpeg_finish_compress(&codec_); });
    }

  private:
    template <typename Calls>
    void run(Calls calls) {
        const bool alive = errors_.run(calls);
        if (destination_.error) std::rethrow_exception(destination_.error);
        if (!alive)
            throw Error(ErrorCode::kUnwritable, std::string("Cannot write a JPEG: ") + errors_.message + ".");
    }

    void start(const PictureHeader& header) {
        jpeg_create_compress(&codec_);
        codec_.dest = &destination_;
        codec_.image_width = static_cast<JDIMENSION>(header.width);
        codec_.image_height = static_cast<JDIMENSION>(header.height);
        const bool grey = header.pixels == PixelFormat::kGrey;
        codec_.input_components = grey ? 1 : 3;
        codec_.in_color_space = grey                                   ? JCS_GRAYSCALE
                                : header.pixels == PixelFormat::kYCbCr ? JCS_YCbCr
                                                                       : JCS_RGB;
        jpeg_set_defaults(&codec_);
        jpeg_set_quality(&codec_, header.jpeg_quality, TRUE);
        codec_.comp_info[0].h_samp_factor = codec_.comp_info[0].v_samp_factor = 1;  // 4:4:4.
        codec_.optimize_coding = static_cast<boolean>(header.width <= kOptimizedPixels / header.height);
        const Metadata& metadata = *header.metadata;
        // EXIF has a density of its own.
        codec_.write_JFIF_header = static_cast<boolean>(metadata.has_jfif || metadata.exif.empty());
        if (metadata.has_jfif) {
            codec_.density_unit = static_cast<UINT8>(metadata.density.unit);
            codec_.X_density = static_cast<UINT16>(metadata.density.x);
            codec_.Y_density = static_cast<UINT16>(metadata.density.y);
        }
        jpeg_start_compress(&codec_, TRUE);
    }

    void write_segments(const Metadata& metadata) {
        bool profile_written = profile_.empty();
        for (const MarkerSegment& segment : metadata.segments) {
            if (is_profile(segment)) {
                if (!profile_written)
                    run([&] {
                        jpeg_write_icc_profile(&codec_, profile_.data(),
                                               static_cast<unsigned>(profile_.size()));
                    });
                profile_written = true;
                continue;
            }
            run([&] {
                jpeg_write_marker(&codec_, segment.code, segment.bytes.data(),
                                  static_cast<unsigned>(segment.bytes.size()));
            });
        }
    }

    static bool is_profile(const MarkerSegment& segment) {
        constexpr char kName[] = "ICC_PROFILE";
        return segment.code == JPEG_APP0 + 2 && segment.bytes.size() > sizeof kName &&
               std::equal(kName, kName + sizeof kName, segment.bytes.begin());
    }

    /// Optimal Huffman tables take all of the picture's coefficients in memory.
    static constexpr int kOptimizedPixels = 1 << 25;

    FileDestination destination_;
    JpegErrors errors_;
    jpeg_compress_struct codec_{};
    std::vector<std::uint8_t> profile_;
};

}  // namespace

std::unique_ptr<PictureWriter> make_jpeg_writer(AtomicFile& file, const PictureHeader& header) {
    return std::make_unique<JpegWriter>(file, header);
}

}  // namespace jpegdeblock
