// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/jpeg.h>

#include <algorithm>

namespace jpegdeblock {
namespace {

constexpr std::uint8_t kMarkerStart = 0xff;
constexpr std::uint8_t kStuffing = 0x00;
constexpr std::uint8_t kLastReserved = 0xbf;
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
constexpr std::uint8_t kQuantizationTables = 0xdb;
constexpr std::uint8_t kRestartInterval = 0xdd;
constexpr std::uint8_t kFirstApplication = 0xe0;
constexpr std::uint8_t kLastApplication = 0xef;
constexpr std::uint8_t kComment = 0xfe;

// Whether the code after 0xff is that of a marker which entropy-coded data cannot hold; of those a segment
// follows. Nobody writes reserved markers: they come of damage, and have no length that could be relied on.
bool ends_scan(std::uint8_t code) {
    return code > kLastReserved && code != kMarkerStart && (code < kFirstRestart || code > kLastRestart);
}

// Whether a segment of that code may hold whole JPEGs: a thumbnail.
bool may_hold_pictures(std::uint8_t code) {
    return (code >= kFirstApplication && code <= kLastApplication) || code == kComment;
}

// Whether a JPEG begins with such a segment.
bool follows_start(std::uint8_t code) {
    return may_hold_pictures(code) || code == kQuantizationTables || code == kRestartInterval ||
           (code >= kFirstFrameHeader && code <= kLastFrameHeader);
}

enum class Start { kNo, kPerhaps, kYes };

// Whether a JPEG's start and the marker after it stand there, for all that is known of the bytes yet.
Start start_at(std::span<const std::uint8_t> bytes, std::size_t position) {
    constexpr std::uint8_t kStart[] = {kMarkerStart, kStartOfImage, kMarkerStart};
    const std::span<const std::uint8_t> here = bytes.subspan(position);
    const std::size_t known = std::min(here.size(), std::size(kStart));
    if (!std::equal(kStart, kStart + known, here.begin())) return Start::kNo;
    if (here.size() <= std::size(kStart)) return Start::kPerhaps;
    return follows_start(here[std::size(kStart)]) ? Start::kYes : Start::kNo;
}

// Whether a JPEG begins in a segment of which the bytes from `position` to `end` are there, of
// `left` that are to come, or may begin there for all that is known yet; `end` is then where.
Start find_start(std::span<const std::uint8_t> bytes, std::size_t position, std::size_t left,
                 std::size_t& end) {
    constexpr std::size_t kMarker = 2;
    for (std::size_t at = position; at < end; ++at) {
        if (bytes[at] != kMarkerStart) continue;
        const Start start = start_at(bytes, at);
        // The segment's last two bytes may be what they are meant to be, and another table's marker follows.
        const bool is_certain = start == Start::kYes && (at - position + kMarker != left ||
                                                         may_hold_pictures(bytes[at + kMarker + 1]));
        if (!is_certain && start != Start::kPerhaps) continue;
        end = at;
        return start;
    }
    return Start::kNo;
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
    std::size_t position = found.take;
    std::optional<std::size_t> end = find_end(rest.first(before_last), position);
    if (!end && position == before_last) {
        JpegStream ahead = *this;
        std::size_t last = before_last;
        end = ahead.find_end(rest, last);
        if (ahead.scan_ended_) end.reset();
    }
    found.scan_complete = scan_ended_;
    found.complete = end.has_value() && !scan_ended_;
    found.take = end.value_or(position);
    found.header = header();
    found.has_scan = has_scan_;
    taken_ += found.take;
    if (!found.complete && taken_ > most_bytes()) {
        found.complete = true;
        found.scan_complete = false;
    }
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

std::optional<std::size_t> JpegStream::find_end(std::span<const std::uint8_t> bytes, std::size_t& position) {
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
            case State::kLengthLow: {
                const Start start = start_at(bytes, position);  // No length begins like that.
                if (start == Start::kYes) {
                    return position;
                }
                if (start == Start::kPerhaps) {
                    return std::nullopt;
                }
                if (state_ == State::kLengthHigh) {
                    length_ = std::size_t{byte} << 8;
                    state_ = State::kLengthLow;
                } else {
                    length_ = std::max<std::size_t>(length_ | byte, 2) - 2;
                    state_ = State::kSegment;
                }
                break;
            }
            case State::kSegment: {
                std::size_t end = position + std::min(length_, bytes.size() - position);
                const Start start =
                    may_hold_pictures_ ? Start::kNo : find_start(bytes, position, length_, end);
                const std::size_t here = end - position;
                for (std::size_t i = 0; in_header_ && i < here && header_bytes_ < header_.size(); ++i) {
                    header_[header_bytes_++] = bytes[position + i];
                }
                length_ -= here;
                position = end;
                if (start == Start::kYes) {
                    return position;
                }
                if (start == Start::kPerhaps) {
                    return std::nullopt;
                }
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
    may_hold_pictures_ = may_hold_pictures(code);
    in_header_ = begins_frame_header(code) && header_bytes_ == 0;
    progressive_ = progressive_ || code == kProgressiveHuffman;
}

std::optional<JpegStream::FrameHeader> JpegStream::header() const {
    if (header_bytes_ < header_.size()) {
        return std::nullopt;
    }
    return FrameHeader{header_[3] << 8 | header_[4], header_[1] << 8 | header_[2]};
}

std::uint64_t JpegStream::most_bytes() const {
    const FrameHeader claimed = header().value_or(FrameHeader());
    const std::uint64_t pixels =
        static_cast<std::uint64_t>(claimed.width) * static_cast<std::uint64_t>(claimed.height);
    const bool is_refused = most_pixels_ != 0 && pixels > most_pixels_;
    return kMostBytesBeside + (is_refused ? 0 : kMostBytesPerPixel * pixels);
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
