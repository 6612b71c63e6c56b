// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "jpeg/jpeg_errors.h"

namespace jpegdeblock {

/// A libjpeg decompressor whose every call is guarded.
class Decompressor {
  public:
    /// A progressive file may name the same coefficients in scan after scan, each of a few bytes that cost a
    /// pass over the whole picture. Real encoders write ten or so.
    static constexpr int kMostScans = 500;

    /// Reads the headers of the JPEG in `bytes`, which must live as long as this object. `name` stands for it
    /// in messages. Errors: kInvalidFile.
    Decompressor(std::span<const std::uint8_t> bytes, const std::string& name);
    /// Reads nothing yet. `source` must live as long as this object.
    Decompressor(jpeg_source_mgr* source, const std::string& name);
    ~Decompressor() { jpeg_destroy_decompress(&codec_); }
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;

    jpeg_decompress_struct& codec() { return codec_; }
    const JpegErrors& errors() const { return errors_; }

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

    /// Fails where the headers claim a large picture that so many bytes of data cannot hold.
    void check_size(std::size_t bytes) const;

    [[noreturn]] void fail(const std::string& reason) const;
    [[noreturn]] void fail_for_scans() const;

  private:
    void create(jpeg_source_mgr* source);

    std::string name_;
    JpegErrors errors_;
    jpeg_progress_mgr progress_{};  // Ends decoding after too many scans.
    jpeg_decompress_struct codec_{};
};

/// "RGB", "CMYK", ...
const char* name_of(J_COLOR_SPACE space);

}  // namespace jpegdeblock
