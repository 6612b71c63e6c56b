// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "jpeg/coefficient_file.h"
#include "jpeg/jpeg_errors.h"

namespace jpegdeblock {

/// A libjpeg decompressor whose every call is guarded.
class Decompressor {
  public:
    /// A progressive file may name the same coefficients in scan after scan, each of a few bytes that cost a
    /// pass over the whole picture. Real encoders write ten or so.
    static constexpr int kMostScans = 500;

    /// Reads nothing yet. `bytes`, or `source`, must live as long as this object. `name` stands for the JPEG
    /// in messages. Errors: kInvalidFile where there are no bytes.
    Decompressor(std::span<const std::uint8_t> bytes, const std::string& name);
    Decompressor(jpeg_source_mgr* source, const std::string& name);
    ~Decompressor() { jpeg_destroy_decompress(&codec_); }
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    /// Reads the headers of a JPEG that must be a picture. Errors: kInvalidFile.
    void read_headers();

    jpeg_decompress_struct& codec() { return codec_; }
    const JpegErrors& errors() const { return errors_; }
    const std::string& name() const { return name_; }

    /// `calls` is bound by the rule of JpegErrors::run. Errors: kInvalidFile with libjpeg's reason.
    template <typename Calls>
    void run(Calls calls) {
        if (!try_run(calls)) fail(errors_.message);
    }

    /// As run; false when libjpeg gave up, with its reason in errors().
    template <typename Calls>
    bool try_run(Calls calls) {
        return errors_.run(calls);
    }

    /// false: the headers claim a large picture that so many bytes of data cannot hold.
    bool can_hold_picture(std::size_t bytes) const;
    /// Fails unless can_hold_picture.
    void check_size(std::size_t bytes) const;

    /// Whether so many scans, and so many passes over the picture, are more than is worth decoding. To be
    /// called for each scan that begins; the reason is in errors(). Throw nothing.
    bool has_too_many_scans();
    bool has_too_many_passes();

    [[noreturn]] void fail(const std::string& reason) const;

  private:
    void create();
    static void limit_scans(j_common_ptr codec);

    std::string name_;
    JpegErrors errors_;
    CoefficientUser progress_{};  // Ends decoding after too many scans.
    jpeg_decompress_struct codec_{};
    int scans_ = 0;                    // That were counted.
    std::uint64_t blocks_passed_ = 0;  // By all scans so far.
};

/// "RGB", "CMYK", ...
const char* name_of(J_COLOR_SPACE space);

}  // namespace jpegdeblock
