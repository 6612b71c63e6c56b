// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
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
    /// What a frame header (SOF) says.
    struct FrameHeader {
        int width = 0;
        int height = 0;
    };

    struct Found {
        std::size_t skip = 0;   ///< Bytes at the start that belong to no JPEG.
        std::size_t take = 0;   ///< Bytes after them that belong to the JPEG.
        bool complete = false;  ///< With them the JPEG is whole. The bytes after them are to be given again.
        /// With them, the marker after it included, a scan of a progressive JPEG (SOF2) is whole that is not
        /// the last. The bytes after them are to be given again.
        bool scan_complete = false;
        /// What the JPEG has shown of itself up to the bytes taken.
        std::optional<FrameHeader> header;
        bool has_scan = false;
    };

    /// Looks at the next bytes of the stream. What is neither skipped nor taken is to be given
    /// again with more after it, which is the last byte at least unless a JPEG or scan is complete.
    Found look(std::span<const std::uint8_t> bytes);

    /// Whether a JPEG has begun and not ended.
    bool inside() const { return state_ != State::kOutside; }

    void reset() { *this = {}; }

  private:
    enum class State { kOutside, kMarker, kCode, kLengthHigh, kLengthLow, kSegment, kEntropyCoded };

    /// The end of the JPEG, or of a scan, in which case scan_ended_ is set.
    std::optional<std::size_t> find_end(std::span<const std::uint8_t> bytes, std::size_t position);
    void take_code(std::uint8_t code);
    std::optional<FrameHeader> header() const;

    State state_ = State::kOutside;
    bool entropy_coded_ = false;  ///< What follows the marker or segment under way.
    bool progressive_ = false;    ///< The JPEG under way.
    bool scan_ended_ = false;
    std::size_t length_ = 0;  ///< Of the segment under way, what is still to come.
    /// Bytes of a frame header's segment that have come: sample precision, height, width.
    std::array<std::uint8_t, 5> header_{};
    std::size_t header_bytes_ = 0;
    bool in_header_ = false;
    bool has_scan_ = false;
};

/// Where the first JPEG in the bytes starts.
std::optional<std::size_t> find_start_of_image(std::span<const std::uint8_t> bytes);

/// The bytes from the first JPEG on, without it if it holds no picture and is not meant to: a lone start, or
/// a start and an end with no more than tables between them (ITU-T T.81, B.5). Empty if there is nothing
/// else; all of them if they hold no JPEG at all.
std::span<const std::uint8_t> without_empty_jpeg(std::span<const std::uint8_t> bytes);

}  // namespace jpegdeblock_plugin
