// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture_decoder.h"

#include <jpegdeblock/error.h>
#include <algorithm>

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::ConstPlane;
using jpegdeblock::JpegColorSpace;
using jpegdeblock::JpegComponent;
using jpegdeblock::JpegPicture;
using jpegdeblock::Plane;
using jpegdeblock::QuantizationTable;

constexpr int kBlock = 8;

// jpegdec's rule. The JPEGs of the fields may be a part of a block higher than the field.
bool is_field_of(const JpegPicture& picture, int frame_width, int frame_height) {
    return frame_width == picture.width && frame_height != picture.height && picture.height > kBlock &&
           frame_height > 2 * (picture.height - kBlock) && frame_height <= 2 * picture.height;
}

// The rows of a frame's component, or of one of its fields'.
Plane plane_of(const GstVideoFrame& frame, int component, int field, bool interlaced) {
    Plane plane{static_cast<std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, component)),
                GST_VIDEO_FRAME_COMP_WIDTH(&frame, component), GST_VIDEO_FRAME_COMP_HEIGHT(&frame, component),
                GST_VIDEO_FRAME_COMP_STRIDE(&frame, component)};
    if (interlaced) {
        plane.data += field * plane.stride;
        plane.height = (plane.height + 1 - field) / 2;
        plane.stride *= 2;
    }
    return plane;
}

bool has_samples_of(const JpegComponent& component, const JpegPicture& picture, int horizontal,
                    int vertical) {
    return component.horizontal_sampling * horizontal == picture.horizontal_sampling &&
           component.vertical_sampling * vertical == picture.vertical_sampling;
}

// Whether the component has a sample for each of the plane, so that none is to be repeated.
bool fills(const JpegComponent& component, Plane plane) {
    return component.width >= plane.width && component.height >= plane.height;
}

}  // namespace

std::optional<Failure> PictureDecoder::read(std::span<const std::uint8_t> bytes, int announced_width,
                                            int announced_height) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            const JpegPicture& first = readers_[0].read(bytes, "The frame");
            fields_ = {&first, &first};
            second_field_missing_ = false;
            interlaced_ = is_field_of(first, announced_width, announced_height);
            height_ = interlaced_ ? announced_height : first.height;
            if (interlaced_) {
                read_second_field(bytes.subspan(std::min(first.size, bytes.size())));
            }
        },
        [] { return std::string(); });
}

std::optional<Failure> PictureDecoder::read_piece(std::span<const std::uint8_t> bytes, bool first,
                                                  bool last) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            fields_ = {};
            if (first) readers_[0].begin("The frame");
            const JpegPicture* picture = readers_[0].append(bytes);
            if (last) picture = &readers_[0].finish();
            fields_ = {picture, picture};
            second_field_missing_ = false;
            interlaced_ = false;
            height_ = picture != nullptr ? picture->height : 0;
        },
        [] { return std::string(); });
}

void PictureDecoder::read_second_field(std::span<const std::uint8_t> rest) {
    constexpr std::uint8_t kStartOfImage[] = {0xff, 0xd8};
    const auto start =
        std::search(rest.begin(), rest.end(), std::begin(kStartOfImage), std::end(kStartOfImage));
    second_field_missing_ = true;
    if (start == rest.end()) {
        return;
    }
    try {
        const JpegPicture& second = readers_[1].read(
            rest.subspan(static_cast<std::size_t>(start - rest.begin())), "The second field");
        const JpegPicture& first = *fields_[0];
        const bool alike =
            second.color_space == first.color_space &&
            std::equal(first.components.begin(), first.components.end(), second.components.begin(),
                       second.components.end(), [](const JpegComponent& a, const JpegComponent& b) {
                           return a.width == b.width && a.height == b.height;
                       });
        if (alike) {
            fields_[1] = &second;
            second_field_missing_ = false;
        }
    } catch (const jpegdeblock::Error&) {
        // The first field stands in for it, and the frame counts as damaged.
    }
}

std::optional<GstVideoFormat> PictureDecoder::format() const {
    const JpegPicture& picture = *fields_[0];
    if (picture.color_space == JpegColorSpace::kGrey) {
        return GST_VIDEO_FORMAT_GRAY8;
    }
    if (picture.color_space != JpegColorSpace::kYCbCr || picture.components.size() != 3) {
        return std::nullopt;
    }
    const auto chroma_is = [&](int horizontal, int vertical) {
        return has_samples_of(picture.components[1], picture, horizontal, vertical) &&
               has_samples_of(picture.components[2], picture, horizontal, vertical);
    };
    if (has_samples_of(picture.components[0], picture, 1, 1)) {
        if (chroma_is(2, 2)) return GST_VIDEO_FORMAT_I420;
        if (chroma_is(2, 1)) return GST_VIDEO_FORMAT_Y42B;
    }
    return GST_VIDEO_FORMAT_Y444;
}

std::optional<std::string> PictureDecoder::damage() const {
    for (const JpegPicture* picture : fields_) {
        if (picture->damaged) return picture->damage;
    }
    if (second_field_missing_) return "the second field is missing or unlike the first";
    return std::nullopt;
}

TableMeta PictureDecoder::table_meta(const Settings& settings) const {
    TableMeta meta;
    meta.restored = !Restoration::is_idle(settings);
    meta.chroma_restored = meta.restored && settings.planes == Planes::kAll;
    for (int field = 0; field < (interlaced_ ? 2 : 1); ++field) {
        std::vector<QuantizationTable> tables;
        for (const JpegComponent& component : fields_[field]->components) {
            tables.push_back(effective_steps(component.table, component.state));
        }
        meta.tables.push_back(tables[0]);
        if (tables.size() >= 3) {
            meta.chroma_tables.push_back({tables[1], tables[2]});
        }
    }
    return meta;
}

void PictureDecoder::expand(const JpegPicture& picture, const JpegComponent& component, ConstPlane samples,
                            Plane plane) const {
    for (int y = 0; y < plane.height; ++y) {
        const std::uint8_t* from = samples.row(
            std::min(y * component.vertical_sampling / picture.vertical_sampling, samples.height - 1));
        std::uint8_t* to = plane.row(y);
        for (int x = 0; x < plane.width; ++x) {
            to[x] = from[x * component.horizontal_sampling / picture.horizontal_sampling];
        }
    }
}

CodedPlanes PictureDecoder::coded_planes(const GstVideoFrame& frame, int field) {
    const JpegPicture& picture = *fields_[field];
    CodedPlanes planes;
    for (std::size_t i = 0; i < std::min(picture.components.size(), samples_[field].size()); ++i) {
        const JpegComponent& component = picture.components[i];
        Plane plane = plane_of(frame, static_cast<int>(i), field, interlaced_);
        if (!fills(component, plane)) {
            std::vector<std::uint8_t>& memory = samples_[field][i];
            memory.resize(static_cast<std::size_t>(component.width) * component.height);
            plane = {memory.data(), component.width, component.height, component.width};
        }
        planes.push_back({&component, plane});
    }
    return planes;
}

std::optional<Failure> PictureDecoder::write(const GstVideoFrame& frame, Restoration& restoration,
                                             const Settings& settings,
                                             std::optional<std::chrono::nanoseconds> time_left) noexcept {
    std::array<CodedPlanes, 2> fields;
    const int count = interlaced_ ? 2 : 1;
    std::optional<Failure> failure = guarded(
        Stage::kRunning,
        [&] {
            for (int field = 0; field < count; ++field) {
                fields[field] = coded_planes(frame, field);
            }
        },
        [] { return std::string(); });
    if (!failure) {
        failure =
            restoration.decode(std::span(fields).first(static_cast<std::size_t>(count)), settings, time_left);
    }
    for (int field = 0; !failure && field < count; ++field) {
        for (std::size_t i = 0; i < fields[field].size(); ++i) {
            const auto& [component, samples] = fields[field][i];
            const Plane plane = plane_of(frame, static_cast<int>(i), field, interlaced_);
            if (samples.data != plane.data) expand(*fields_[field], *component, samples, plane);
        }
    }
    return failure;
}

}  // namespace jpegdeblock_plugin
