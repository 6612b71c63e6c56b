// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/piece_source.h"

#include <algorithm>

#include <jerror.h>

namespace jpegdeblock {
namespace {

constexpr JOCTET kEndOfImage[] = {0xff, JPEG_EOI};

}  // namespace

PieceSource::PieceSource() {
    manager_.init_source = [](j_decompress_ptr) {};
    manager_.fill_input_buffer = fill;
    manager_.skip_input_data = skip;
    manager_.resync_to_restart = jpeg_resync_to_restart;
    manager_.term_source = [](j_decompress_ptr) {};
}

void PieceSource::reset() {
    bytes_.clear();
    to_skip_ = 0;
    finished_ = false;
    manager_.next_input_byte = nullptr;
    manager_.bytes_in_buffer = 0;
}

void PieceSource::append(std::span<const std::uint8_t> bytes) {
    const std::size_t skipped = std::min(to_skip_, bytes.size());
    to_skip_ -= skipped;
    bytes = bytes.subspan(skipped);
    bytes_.erase(bytes_.begin(), bytes_.end() - static_cast<std::ptrdiff_t>(manager_.bytes_in_buffer));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    manager_.next_input_byte = bytes_.data();
    manager_.bytes_in_buffer = bytes_.size();
}

boolean PieceSource::fill(j_decompress_ptr codec) {
    PieceSource& source = of(codec);
    if (!source.finished_) return FALSE;
    WARNMS(codec, JWRN_JPEG_EOF);
    source.manager_.next_input_byte = kEndOfImage;
    source.manager_.bytes_in_buffer = sizeof kEndOfImage;
    return TRUE;
}

void PieceSource::skip(j_decompress_ptr codec, long count) {
    if (count <= 0) return;
    PieceSource& source = of(codec);
    const std::size_t wanted = static_cast<std::size_t>(count);
    const std::size_t here = std::min(wanted, source.manager_.bytes_in_buffer);
    source.manager_.next_input_byte += here;
    source.manager_.bytes_in_buffer -= here;
    source.to_skip_ = wanted - here;
}

}  // namespace jpegdeblock
