// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture_decoder.h"

#include <jpegdeblock/error.h>
#include <algorithm>
#include <limits>

#include "frame_finder.h"
#include "rgb_conversion.h"

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::ConstPlane;
using jpegdeblock::Error;
using jpegdeblock::ErrorCode;
using jpegdeblock::JpegColorSpace;
using jpegdeblock::JpegComponent;
using jpegdeblock::JpegPicture;
using jpegdeblock::JpegReader;
using jpegdeblock::Plane;
using jpegdeblock::QuantizationTable;

constexpr int kBlock = 8;

// What the components are, where the picture is to be shown as R, G and B.
std::optional<RgbSource> rgb_source(const JpegPicture& picture) {
    const std::size_t components = picture.components.size();
    if (picture.color_space == JpegColorSpace::kRgb && components == 3) {
        return RgbSource::kRgb;
    }
    if (picture.color_space == JpegColorSpace::kCmyk && components == 4) {
        return picture.adobe_marker ? RgbSource::kInvertedCmyk : RgbSource::kCmyk;
    }
    if (picture.color_space == JpegColorSpace::kYcck && components == 4) {
        return picture.adobe_marker ? RgbSource::kInvertedYcck : RgbSource::kYcck;
    }
    return std::nullopt;
}

bool has_chroma(const JpegPicture& picture) {
    return picture.color_space == JpegColorSpace::kYCbCr || picture.color_space == JpegColorSpace::kYcck;
}

// A row of a component, its samples repeated so that there is one for each of the picture's columns. y: of
// the picture.
void expand_row(const JpegPicture& picture, const JpegComponent& component, ConstPlane samples, int y,
                std::span<std::uint8_t> row) {
    const std::uint8_t* from = samples.row(
        std::min(y * component.vertical_sampling / picture.vertical_sampling, samples.height - 1));
    for (std::size_t x = 0; x < row.size(); ++x) {
        row[x] = from[x * component.horizontal_sampling / picture.horizontal_sampling];
    }
}

// The rows of a frame's component, or of one of its fields'. Its samples are
// GST_VIDEO_FRAME_COMP_PSTRIDE apart.
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

bool is_field_of_frame(int width, int height, int frame_width, int frame_height) {
    return frame_width == width && frame_height != height && height > kBlock &&
           frame_height > 2 * (height - kBlock) && frame_height <= 2 * height;
}

void PictureDecoder::set_most_pixels(std::uint64_t pixels) {
    most_pixels_ = pixels;
    // What the reader may need memory for: no more than the largest picture that is allowed.
    const bool is_limited = pixels <= std::numeric_limits<std::uint64_t>::max() / kMostComponents;
    for (JpegReader& reader : readers_) reader.set_most_samples(is_limited ? pixels * kMostComponents : 0);
}

void PictureDecoder::forget_tables() {
    for (JpegReader& reader : readers_) reader.forget_tables();
}

template <typename Read>
const JpegPicture* PictureDecoder::within_limit(Read read) const {
    const auto advice = [this] {
        return ": property 'max-pixels' is " + std::to_string(most_pixels_) +
               "; 0 sets no limit, for JPEGs that can be trusted";
    };
    const JpegPicture* picture = nullptr;
    try {
        picture = read();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::kTooLarge) throw;
        throw Error(error.code(), error.what() + advice());
    }
    if (picture == nullptr || picture->components.empty()) {
        return nullptr;
    }
    const std::uint64_t pixels =
        std::uint64_t{static_cast<unsigned>(picture->width)} * static_cast<unsigned>(picture->height);
    if (most_pixels_ > 0 && pixels > most_pixels_) {
        throw Error(ErrorCode::kTooLarge, "The frame claims " + std::to_string(picture->width) + "x" +
                                              std::to_string(picture->height) + " pixels" + advice());
    }
    return picture;
}

std::optional<Failure> PictureDecoder::read(std::span<const std::uint8_t> bytes, int announced_width,
                                            int announced_height) noexcept {
    return guarded(
        Stage::kRunning,
        [&] {
            fields_ = {};
            const JpegPicture* first = within_limit([&] { return &readers_[0].read(bytes, "The frame"); });
            if (first == nullptr) {
                readers_[1].read(bytes, "The frame");  // Its tables are for second fields too.
                return;
            }
            fields_ = {first, first};
            second_field_missing_ = false;
            interlaced_ = is_field_of_frame(first->width, first->height, announced_width, announced_height);
            height_ = interlaced_ ? announced_height : first->height;
            if (interlaced_) {
                read_second_field(bytes.subspan(std::min(first->size, bytes.size())));
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
            const JpegPicture* picture = within_limit([&] {
                const JpegPicture* so_far = readers_[0].append(bytes);
                return last ? &readers_[0].finish() : so_far;
            });
            fields_ = {picture, picture};
            second_field_missing_ = false;
            interlaced_ = false;
            height_ = picture != nullptr ? picture->height : 0;
        },
        [] { return std::string(); });
}

void PictureDecoder::read_second_field(std::span<const std::uint8_t> rest) {
    const std::optional<std::size_t> start = find_start_of_image(rest);
    second_field_missing_ = true;
    if (!start) {
        return;
    }
    try {
        const JpegPicture& second = readers_[1].read(rest.subspan(*start), "The second field");
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
    } catch (const Error&) {
        // The first field stands in for it, and the frame counts as damaged.
    }
}

std::span<const GstVideoFormat> PictureDecoder::formats() const {
    static constexpr GstVideoFormat kGrey[] = {GST_VIDEO_FORMAT_GRAY8}, k420[] = {GST_VIDEO_FORMAT_I420},
                                    k422[] = {GST_VIDEO_FORMAT_Y42B}, k444[] = {GST_VIDEO_FORMAT_Y444},
                                    kRgb[] = {GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_GBR};
    const JpegPicture& picture = *fields_[0];
    if (picture.color_space == JpegColorSpace::kGrey) {
        return kGrey;
    }
    if (rgb_source(picture)) {
        return kRgb;
    }
    if (picture.color_space != JpegColorSpace::kYCbCr || picture.components.size() != 3) {
        return {};
    }
    const auto chroma_is = [&](int horizontal, int vertical) {
        return has_samples_of(picture.components[1], picture, horizontal, vertical) &&
               has_samples_of(picture.components[2], picture, horizontal, vertical);
    };
    if (has_samples_of(picture.components[0], picture, 1, 1)) {
        if (chroma_is(2, 2)) return k420;
        if (chroma_is(2, 1)) return k422;
    }
    return k444;
}

std::string PictureDecoder::colours() const {
    const JpegPicture& picture = *fields_[0];
    return picture.color_space == JpegColorSpace::kUnknown
               ? std::to_string(picture.components.size()) + " components"
               : std::string(name_of(picture.color_space)) + " colours";
}

std::optional<std::string> PictureDecoder::damage() const {
    for (const JpegPicture* picture : fields_) {
        if (picture->damaged) return picture->damage;
    }
    if (second_field_missing_) return "the second field is missing or unlike the first";
    return std::nullopt;
}

std::optional<TableMeta> PictureDecoder::table_meta(const Settings& settings) const {
    TableMeta meta;
    meta.restored = !Restoration::is_idle(settings);
    const bool is_ycbcr = !rgb_source(*fields_[0]);
    meta.chroma_restored = meta.restored && (settings.planes == Planes::kAll || !is_ycbcr);
    if (!meta.restored && fields_[0]->components.size() == kMostComponents) {
        return std::nullopt;
    }
    for (int field = 0; field < (interlaced_ ? 2 : 1); ++field) {
        std::vector<QuantizationTable> tables;
        for (const JpegComponent& component : fields_[field]->components) {
            tables.push_back(effective_steps(component.table, component.state));
        }
        meta.tables.push_back(tables[0]);
        if (is_ycbcr && tables.size() >= 3) {
            meta.chroma_tables.push_back({tables[1], tables[2]});
        }
    }
    return meta;
}

std::optional<Plane> PictureDecoder::plane_for(const GstVideoFrame& frame, int component, int field) const {
    const bool is_copy = fields_[field]->components.size() == GST_VIDEO_FRAME_N_COMPONENTS(&frame);
    if (!is_copy || GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, component) != 1) {
        return std::nullopt;
    }
    return plane_of(frame, component, field, interlaced_);
}

CodedPlanes PictureDecoder::coded_planes(const GstVideoFrame& frame, int field) {
    const JpegPicture& picture = *fields_[field];
    CodedPlanes planes;
    for (std::size_t i = 0; i < std::min(picture.components.size(), samples_[field].size()); ++i) {
        const JpegComponent& component = picture.components[i];
        std::optional<Plane> plane = plane_for(frame, static_cast<int>(i), field);
        if (!plane || !fills(component, *plane)) {
            std::vector<std::uint8_t>& memory = samples_[field][i];
            memory.resize(static_cast<std::size_t>(component.width) * component.height);
            plane = {memory.data(), component.width, component.height, component.width};
        }
        planes.push_back({&component, *plane, has_chroma(picture) && (i == 1 || i == 2)});
    }
    return planes;
}

void PictureDecoder::finish(const GstVideoFrame& frame, int field, const CodedPlanes& planes) {
    const JpegPicture& picture = *fields_[field];
    if (!plane_for(frame, 0, field)) {
        return write_rgb(frame, field, planes);
    }
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const Plane plane = plane_of(frame, static_cast<int>(i), field, interlaced_);
        if (planes[i].samples.data == plane.data) continue;
        for (int y = 0; y < plane.height; ++y) {
            expand_row(picture, *planes[i].component, planes[i].samples, y,
                       {plane.row(y), static_cast<std::size_t>(plane.width)});
        }
    }
}

void PictureDecoder::write_rgb(const GstVideoFrame& frame, int field, const CodedPlanes& planes) {
    const JpegPicture& picture = *fields_[field];
    const RgbSource source = rgb_source(picture).value();
    std::array<Plane, 3> rgb;
    for (std::size_t i = 0; i < rgb.size(); ++i) {
        rgb[i] = plane_of(frame, static_cast<int>(i), field, interlaced_);
    }
    std::array<const std::uint8_t*, kMostComponents> components{};
    for (int y = 0; y < rgb[0].height; ++y) {
        for (std::size_t i = 0; i < planes.size(); ++i) {
            rows_[i].resize(static_cast<std::size_t>(rgb[0].width));
            expand_row(picture, *planes[i].component, planes[i].samples, y, rows_[i]);
            components[i] = rows_[i].data();
        }
        convert_to_rgb(
            source, components, rgb[0].width,
            {{rgb[0].row(y), rgb[1].row(y), rgb[2].row(y)}, GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, 0)});
    }
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
    if (!failure) {
        failure = guarded(
            Stage::kRunning,
            [&] {
                for (int field = 0; field < count; ++field) {
                    finish(frame, field, fields[field]);
                }
            },
            [] { return std::string(); });
    }
    return failure;
}

}  // namespace jpegdeblock_plugin
