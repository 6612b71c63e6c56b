// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/jpeg.h>

#include <algorithm>
#include <limits>

#include <jpegdeblock/error.h>

namespace jpegdeblock {
namespace {

constexpr int kBlock = 8;
constexpr std::uint64_t kMostComponents = 4;

bool are_alike(const JpegPicture& first, const JpegPicture& second) {
    return first.color_space == second.color_space &&
           std::equal(first.components.begin(), first.components.end(), second.components.begin(),
                      second.components.end(), [](const JpegComponent& a, const JpegComponent& b) {
                          return a.width == b.width && a.height == b.height;
                      });
}

}  // namespace

std::optional<std::string> JpegFrame::damage() const {
    for (const JpegPicture* picture : fields) {
        if (picture->damaged) return picture->damage;
    }
    if (second_field_missing) return "the second field is missing or unlike the first";
    return std::nullopt;
}

std::optional<std::string> JpegFrame::note() const {
    for (const JpegPicture* picture : fields) {
        if (!picture->note.empty()) return picture->note;
    }
    return std::nullopt;
}

bool is_field_of_frame(int width, int height, int frame_width, int frame_height) {
    return frame_width == width && frame_height != height && height > kBlock &&
           frame_height > 2 * (height - kBlock) && frame_height <= 2 * height;
}

const JpegFrame& JpegFrameReader::read(std::span<const std::uint8_t> bytes, int announced_width,
                                       int announced_height) {
    frame_ = {};
    const JpegPicture& first = readers_[0].read(bytes, "The frame");
    take(&first);
    if (frame_.empty()) {
        readers_[1].read(bytes, "The frame");  // Its tables are for second fields too.
        return frame_;
    }
    frame_.interlaced = is_field_of_frame(first.width, first.height, announced_width, announced_height);
    if (frame_.interlaced) {
        // Without its end marker, libjpeg takes the next field's start for damage.
        const JpegStream::Found found = first.damaged ? JpegStream().look(bytes) : JpegStream::Found();
        if (found.complete) take(&readers_[0].read(bytes.first(found.skip + found.take), "The frame"));
        frame_.height = announced_height;
        read_second_field(bytes.subspan(std::min(first.size, bytes.size())));
    }
    return frame_;
}

const JpegFrame& JpegFrameReader::read_piece(std::span<const std::uint8_t> bytes, bool first, bool last) {
    frame_ = {};
    if (first) readers_[0].begin("The frame");
    const JpegPicture* picture = readers_[0].append(bytes);
    take(last ? &readers_[0].finish() : picture);
    return frame_;
}

void JpegFrameReader::take(const JpegPicture* picture) {
    if (picture == nullptr) return;
    const std::uint64_t pixels =
        std::uint64_t{static_cast<unsigned>(picture->width)} * static_cast<unsigned>(picture->height);
    if (most_pixels_ > 0 && pixels > most_pixels_)
        throw Error(ErrorCode::kTooLarge, "The frame claims " + std::to_string(picture->width) + "x" +
                                              std::to_string(picture->height) + " pixels; expected at most " +
                                              std::to_string(most_pixels_) + ".");
    frame_.fields = {picture, picture};
    frame_.height = picture->height;
}

void JpegFrameReader::read_second_field(std::span<const std::uint8_t> rest) {
    frame_.second_field_missing = true;
    for (std::size_t before = 0; before != rest.size();) {
        before = rest.size();
        rest = without_empty_jpeg(rest);
    }
    try {
        const JpegPicture& second = readers_[1].read(rest, "The second field");
        if (are_alike(*frame_.fields[0], second)) {
            frame_.fields[1] = &second;
            frame_.second_field_missing = false;
        }
    } catch (const Error&) {
        // The first field stands in for it, and the frame counts as damaged.
    }
}

void JpegFrameReader::set_most_pixels(std::uint64_t pixels) {
    most_pixels_ = pixels;
    // What the reader may need memory for: no more than the largest picture that is allowed.
    const bool is_limited = pixels <= std::numeric_limits<std::uint64_t>::max() / kMostComponents;
    for (JpegReader& reader : readers_) reader.set_most_samples(is_limited ? pixels * kMostComponents : 0);
}

void JpegFrameReader::forget_tables() {
    for (JpegReader& reader : readers_) reader.forget_tables();
}

}  // namespace jpegdeblock
