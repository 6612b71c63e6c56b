// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace jpegdeblock_plugin {

/// Finds where JPEGs begin and end in a stream of bytes that arrives in pieces (ITU-T T.81, annex B). Looks
/// at each byte once and skips segments by their length, so that pictures within them (EXIF's thumbnails) do
/// not count.
class FrameFinder {
  public:
    struct Found {
        std::size_t skip = 0;   ///< Bytes at the start that belong to no JPEG.
        std::size_t take = 0;   ///< Bytes after them that belong to the JPEG.
        bool complete = false;  ///< With them the JPEG is whole. The bytes after them are to be given again.
        /// With them, the marker after it included, a scan of a progressive JPEG (SOF2) is whole that is not
        /// the last. The bytes after them are to be given again.
        bool scan_complete = false;
    };

    /// Looks at the next bytes of the stream, at least one. What is neither skipped nor taken is to be given
    /// again with more after it, which is the last byte at least unless a JPEG or scan is complete.
    Found look(std::span<const std::uint8_t> bytes);

    /// Whether a JPEG has begun and not ended.
    bool inside() const { return state_ != State::kOutside; }

    void reset() { *this = {}; }

  private:
    enum class State { kOutside, kMarker, kCode, kLengthHigh, kLengthLow, kSegment, kEntropyCoded };

    std::optional<std::size_t> find_start(std::span<const std::uint8_t> bytes);
    /// The end of the JPEG, or of a scan, in which case scan_ended_ is set.
    std::optional<std::size_t> find_end(std::span<const std::uint8_t> bytes, std::size_t position);
    void take_code(std::uint8_t code);

    State state_ = State::kOutside;
    bool entropy_coded_ = false;  ///< What follows the marker or segment under way.
    bool progressive_ = false;    ///< The JPEG under way.
    bool scan_ended_ = false;
    std::size_t length_ = 0;  ///< Of the segment under way, what is still to come.
};

}  // namespace jpegdeblock_plugin
