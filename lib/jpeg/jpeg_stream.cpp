// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/jpeg.h>

#include <algorithm>

namespace jpegdeblock {
namespace {

constexpr std::uint8_t kMarkerStart = 0xff;
constexpr std::uint8_t kStuffing = 0x00;
constexpr std::uint8_t kTemporary = 0x01;
constexpr std::uint8_t kFirstFrameHeader = 0xc0;
constexpr std::uint8_t kProgressiveHuffman = 0xc2;
constexpr std::uint8_t kHuffmanTables = 0xc4;
constexpr std::uint8_t kExtensions = 0xc8;
constexpr std::uint8_t kArithmeticConditioning = 0xcc;
constexpr std::uint8_t kLastFrameHeader = 0xcf;
constexpr std::uint8_t kFirstRestart = 0xd0;
constexpr std::uint8_t kLastRestart = 0xd7;
constexpr std::uint8_t kStartOfImage = 0xd8;
constexpr std::uint8_t kEndOfImage = 0xd9;
constexpr std::uint8_t kStartOfScan = 0xda;

// Whether the code after 0xff is that of a marker which entropy-coded data cannot hold; of those a segment
// follows.
bool ends_scan(std::uint8_t code) {
    return code != kMarkerStart && code != kStuffing && code != kTemporary &&
           (code < kFirstRestart || code > kLastRestart);
}

bool begins_frame_header(std::uint8_t code) {
    return code >= kFirstFrameHeader && code <= kLastFrameHeader && code != kHuffmanTables &&
           code != kExtensions && code != kArithmeticConditioning;
}

}  // namespace

JpegStream::Found JpegStream::look(std::span<const std::uint8_t> bytes) {
    Found found;
    if (bytes.empty()) {
        return found;
    }
    if (!inside()) {
        const std::optional<std::size_t> start = find_start_of_image(bytes);
        found.skip = start.value_or(bytes.size() - 1);
        if (!start) {
            return found;
        }
        state_ = State::kMarker;
        found.take = 2;
    }
    const std::span<const std::uint8_t> rest = bytes.subspan(found.skip);
    // The last byte is looked at only if it ends the JPEG: a marker's two bytes always stay together, and at
    // the end of the stream there is something left that asks for the end of the JPEG.
    const std::size_t before_last = rest.size() - 1;
    scan_ended_ = false;
    std::optional<std::size_t> end = find_end(rest.first(before_last), found.take);
    if (!end && before_last >= found.take) {
        JpegStream ahead = *this;
        end = ahead.find_end(rest, before_last);
        if (ahead.scan_ended_) end.reset();
    }
    found.scan_complete = scan_ended_;
    found.complete = end.has_value() && !scan_ended_;
    found.take = end.value_or(std::max(before_last, found.take));
    found.header = header();
    found.has_scan = has_scan_;
    if (found.complete) {
        reset();
    }
    return found;
}

std::optional<std::size_t> find_start_of_image(std::span<const std::uint8_t> bytes) {
    constexpr std::uint8_t kStart[] = {kMarkerStart, kStartOfImage};
    const auto start = std::search(bytes.begin(), bytes.end(), std::begin(kStart), std::end(kStart));
    if (start == bytes.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(start - bytes.begin());
}

std::optional<std::size_t> JpegStream::find_end(std::span<const std::uint8_t> bytes, std::size_t position) {
    while (position < bytes.size()) {
        const std::uint8_t byte = bytes[position];
        switch (state_) {
            case State::kOutside:
                return std::nullopt;
            case State::kMarker:
            case State::kEntropyCoded: {
                const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(position);
                const auto marker = std::find(from, bytes.end(), kMarkerStart);
                position += static_cast<std::size_t>(marker - from);
                entropy_coded_ = state_ == State::kEntropyCoded;
                if (marker != bytes.end()) {
                    state_ = State::kCode;
                    ++position;
                }
                continue;
            }
            case State::kCode:
                if (byte == kEndOfImage) {
                    return position + 1;
                }
                if (byte == kStartOfImage) {
                    return position - 1;  // The next JPEG begins before this one's end came.
                }
                scan_ended_ = progressive_ && entropy_coded_ && ends_scan(byte);
                take_code(byte);
                if (scan_ended_) {
                    return position + 1;
                }
                break;
            case State::kLengthHigh:
                length_ = std::size_t{byte} << 8;
                state_ = State::kLengthLow;
                break;
            case State::kLengthLow:
                length_ = std::max<std::size_t>(length_ | byte, 2) - 2;
                state_ = State::kSegment;
                break;
            case State::kSegment: {
                const std::size_t here = std::min(length_, bytes.size() - position);
                for (std::size_t i = 0; in_header_ && i < here && header_bytes_ < header_.size(); ++i) {
                    header_[header_bytes_++] = bytes[position + i];
                }
                length_ -= here;
                position += here;
                if (length_ == 0) {
                    state_ = entropy_coded_ ? State::kEntropyCoded : State::kMarker;
                }
                continue;
            }
        }
        ++position;
    }
    return std::nullopt;
}

void JpegStream::take_code(std::uint8_t code) {
    if (code == kMarkerStart) {
        return;  // A fill byte.
    }
    if (!ends_scan(code)) {
        state_ = entropy_coded_ ? State::kEntropyCoded : State::kMarker;
        return;
    }
    state_ = State::kLengthHigh;
    entropy_coded_ = code == kStartOfScan;
    has_scan_ = has_scan_ || entropy_coded_;
    in_header_ = begins_frame_header(code) && header_bytes_ == 0;
    progressive_ = progressive_ || code == kProgressiveHuffman;
}

std::optional<JpegStream::FrameHeader> JpegStream::header() const {
    if (header_bytes_ < header_.size()) {
        return std::nullopt;
    }
    return FrameHeader{header_[3] << 8 | header_[4], header_[1] << 8 | header_[2]};
}

std::span<const std::uint8_t> without_empty_jpeg(std::span<const std::uint8_t> bytes) {
    constexpr std::uint8_t kEnd[] = {kMarkerStart, kEndOfImage};
    constexpr std::size_t kLoneStart = 2;
    const JpegStream::Found found = JpegStream().look(bytes);
    const std::span<const std::uint8_t> jpeg = bytes.subspan(found.skip, found.take);
    if (jpeg.empty()) {
        return bytes;
    }
    const std::span<const std::uint8_t> rest = bytes.subspan(found.skip + found.take);
    const bool is_start = jpeg.size() == kLoneStart && (found.complete || rest.empty());
    const bool is_tables = found.complete && !found.header && !found.has_scan &&
                           std::equal(jpeg.end() - 2, jpeg.end(), std::begin(kEnd));
    if (!is_start && !is_tables) {
        return bytes.subspan(found.skip);
    }
    const std::optional<std::size_t> next = find_start_of_image(rest);
    return next ? rest.subspan(*next) : rest.first(0);
}

}  // namespace jpegdeblock
