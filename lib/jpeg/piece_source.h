// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include <jpeglib.h>

namespace jpegdeblock {

/// Gives libjpeg a file that comes in pieces: where there is no more yet, libjpeg suspends what it was doing
/// and is to be called again. Holds no more than what libjpeg has not taken.
class PieceSource {
  public:
    PieceSource();
    PieceSource(const PieceSource&) = delete;
    PieceSource& operator=(const PieceSource&) = delete;

    /// For the `src` of a decompress struct.
    jpeg_source_mgr* manager() { return &manager_; }

    /// Forgets all; a new file begins.
    void reset();

    void append(std::span<const std::uint8_t> bytes);

    /// There will be no more bytes: from now on libjpeg finds an end marker after them instead of suspending.
    void finish() { finished_ = true; }

    /// Bytes that libjpeg has not taken.
    std::size_t left() const { return manager_.bytes_in_buffer; }

  private:
    static PieceSource& of(j_decompress_ptr codec) { return *reinterpret_cast<PieceSource*>(codec->src); }
    static boolean fill(j_decompress_ptr codec);
    static void skip(j_decompress_ptr codec, long count);

    jpeg_source_mgr manager_{};  // First member: libjpeg hands back its address, which is this object's.
    std::vector<std::uint8_t> bytes_;
    std::size_t to_skip_ = 0;  // Of the bytes to come.
    bool finished_ = false;
};

}  // namespace jpegdeblock
