// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream of JPEGs in pieces of random sizes, cut and read as the decoder element does it: whole, scan by
// scan, and as the fields of frames. How the stream was cut into pieces must not matter.
#include <algorithm>
#include <random>
#include <span>

#include <jpegdeblock/error.h>

#include "jpeg_seeds.h"
#include "shown_picture.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    return jpeg_seeds();
}

namespace {

constexpr std::uint64_t kMostPixels = 1 << 17;  // More would only take time.
constexpr int kMostScansShown = 8;

/// A JPEG of the stream: the bytes up to the end of each of its scans, and the rest.
struct Found {
    std::vector<Bytes> pieces;
    int width = 0, height = 0;  ///< As its header says.

    bool operator==(const Found&) const = default;
};

/// As the element's parse().
class Cutter {
  public:
    void append(std::span<const std::uint8_t> bytes) {
        waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
        while (look()) {
        }
    }

    std::vector<Found> finish() {
        while (look()) {
        }
        if (stream_.inside()) {
            take(waiting_.size());
            end_jpeg();
        }
        return std::move(jpegs_);
    }

  private:
    bool look() {
        const JpegStream::Found found = stream_.look(waiting_);
        require(found.skip + found.take <= waiting_.size(), "no more is taken than there is");
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(found.skip));
        take(found.take);
        if (found.header) {
            jpeg_.width = found.header->width;
            jpeg_.height = found.header->height;
        }
        if (found.scan_complete) end_piece();
        if (found.complete) end_jpeg();
        require(waiting_.size() <= 4 || found.complete || found.scan_complete,
                "all but four bytes are taken");
        return found.complete || found.scan_complete;
    }

    void take(std::size_t count) {
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
        piece_.insert(piece_.end(), waiting_.begin(), end);
        waiting_.erase(waiting_.begin(), end);
    }

    void end_piece() {
        jpeg_.pieces.push_back(std::move(piece_));
        piece_.clear();
    }

    void end_jpeg() {
        end_piece();
        jpegs_.push_back(std::move(jpeg_));
        jpeg_ = {};
    }

    JpegStream stream_;
    Bytes waiting_, piece_;
    Found jpeg_;
    std::vector<Found> jpegs_;
};

std::vector<Found> cut(std::span<const std::uint8_t> bytes, unsigned seed) {
    std::minstd_rand random(seed);
    const std::size_t most = random() % 2 == 0 ? 16 : 4096;
    Cutter cutter;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random() % most, bytes.size() - at);
        cutter.append(bytes.subspan(at, size));
        at += size;
    }
    return cutter.finish();
}

Bytes joined(const Found& jpeg) {
    Bytes bytes;
    for (const Bytes& piece : jpeg.pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
    return bytes;
}

void show(PictureRestorer& restorer, const JpegFrame& frame) {
    if (frame.empty() || layout_of(*frame.fields[0]) == PictureLayout::kNone) return;
    const ShownPicture shown(frame);
    restorer.decode(frame, shown.picture());
    frame.damage();
    frame.note();
}

/// As the element's read_whole().
void read_whole(JpegFrameReader& reader, PictureRestorer& restorer, std::span<const std::uint8_t> bytes,
                int width, int height) {
    for (;;) {
        try {
            const JpegFrame& frame = reader.read(bytes, width, height);
            if (!frame.empty()) return show(restorer, frame);
        } catch (const Error&) {
        }
        const std::span<const std::uint8_t> rest = without_empty_jpeg(bytes);
        require(rest.size() <= bytes.size(), "what is left is a part");
        if (rest.empty() || rest.size() == bytes.size()) return;
        bytes = rest;
    }
}

void read_scans(JpegFrameReader& reader, PictureRestorer& restorer, const Found& jpeg) {
    int shown = 0;
    try {
        for (std::size_t i = 0; i < jpeg.pieces.size(); ++i) {
            const bool last = i + 1 == jpeg.pieces.size();
            const JpegFrame& frame = reader.read_piece(jpeg.pieces[i], i == 0, last);
            if (last || shown++ < kMostScansShown) show(restorer, frame);
        }
    } catch (const Error&) {
    }
}

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock;
    using namespace jpegdeblock::fuzz;
    const std::span<const std::uint8_t> bytes(data, size);
    const std::vector<Found> jpegs = cut(bytes, static_cast<unsigned>(size));
    require(jpegs == cut(bytes, static_cast<unsigned>(size) + 1), "pieces do not matter");
    JpegFrameReader whole, scans;
    whole.set_most_pixels(kMostPixels);
    scans.set_most_pixels(kMostPixels);
    PictureRestorer restorer(Precision::kAuto, make_workers(1));
    for (const Found& jpeg : jpegs) {
        const bool fields = jpeg.height > 8 && jpeg.height < 20000 && size % 2 == 0;
        read_whole(whole, restorer, joined(jpeg), fields ? jpeg.width : 0, fields ? 2 * jpeg.height : 0);
        read_scans(scans, restorer, jpeg);
    }
    // A container's buffer holds whatever it holds.
    read_whole(whole, restorer, bytes, 40, 48);
    return 0;
}
