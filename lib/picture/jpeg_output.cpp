// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/jpeg_output.h"

#include <algorithm>
#include <optional>
#include <span>

#include <jpegdeblock/error.h>

#include "picture/rgb_conversion.h"
#include "picture/sample_view.h"

namespace jpegdeblock {
namespace {

// What the components are, where the picture is to be shown as R, G and B.
std::optional<RgbSource> rgb_source(const JpegPicture& picture) {
    const std::size_t components = picture.components.size();
    if (picture.color_space == JpegColorSpace::kRgb && components == 3) return RgbSource::kRgb;
    if (picture.color_space == JpegColorSpace::kCmyk && components == 4)
        return picture.adobe_marker ? RgbSource::kInvertedCmyk : RgbSource::kCmyk;
    if (picture.color_space == JpegColorSpace::kYcck && components == 4)
        return picture.adobe_marker ? RgbSource::kInvertedYcck : RgbSource::kYcck;
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
    for (std::size_t x = 0; x < row.size(); ++x)
        row[x] = from[x * component.horizontal_sampling / picture.horizontal_sampling];
}

// A component of the output, or of one of its fields'. Its samples are Samples::step apart.
Plane plane_of(const Picture& output, std::size_t component, int field, bool interlaced) {
    SampleView view = component_of(output, component);
    if (interlaced) view = field_of(view, field);
    return {view.component[0], view.width, view.height, view.row_stride};
}

std::size_t component_count(const Picture& output) {
    return static_cast<std::size_t>(
        std::count_if(output.components.begin(), output.components.end(),
                      [](const Samples& samples) { return samples.data != nullptr; }));
}

// Where the samples of the output's component are the JPEG's own, so that they can be written directly.
std::optional<Plane> own_plane(const JpegPicture& picture, const Picture& output, std::size_t component,
                               int field, bool interlaced) {
    const bool is_copy = picture.components.size() == component_count(output);
    if (!is_copy || output.components[component].step != 1) return std::nullopt;
    return plane_of(output, component, field, interlaced);
}

// Whether the component has a sample for each of the plane, so that none is to be repeated.
bool fills(const JpegComponent& component, Plane plane) {
    return component.width >= plane.width && component.height >= plane.height;
}

bool has_samples_of(const JpegComponent& component, const JpegPicture& picture, int horizontal,
                    int vertical) {
    return component.horizontal_sampling * horizontal == picture.horizontal_sampling &&
           component.vertical_sampling * vertical == picture.vertical_sampling;
}

}  // namespace

PictureLayout layout_of(const JpegPicture& picture) {
    if (picture.color_space == JpegColorSpace::kGrey) return PictureLayout::kGrey;
    if (rgb_source(picture)) return PictureLayout::kRgb;
    if (picture.color_space != JpegColorSpace::kYCbCr || picture.components.size() != 3)
        return PictureLayout::kNone;
    const auto chroma_is = [&](int horizontal, int vertical) {
        return has_samples_of(picture.components[1], picture, horizontal, vertical) &&
               has_samples_of(picture.components[2], picture, horizontal, vertical);
    };
    if (has_samples_of(picture.components[0], picture, 1, 1)) {
        if (chroma_is(2, 2)) return PictureLayout::k420;
        if (chroma_is(2, 1)) return PictureLayout::k422;
    }
    return PictureLayout::k444;
}

void check_components(const JpegPicture* picture) {
    if (picture && layout_of(*picture) != PictureLayout::kNone) return;
    throw Error(ErrorCode::kUnsupported,
                "The JPEG has components of which nobody knows what they mean; expected 1 (grey), 3 (YCbCr, "
                "RGB) or 4 (CMYK, YCCK).");
}

const CodedPlanes& JpegOutput::planes_for(const JpegFrame& frame, int field, const Picture& output) {
    const auto index = static_cast<std::size_t>(field);
    const JpegPicture& picture = *frame.fields[index];
    CodedPlanes& planes = planes_[index];
    planes.clear();
    for (std::size_t i = 0; i < std::min(picture.components.size(), kMostComponents); ++i) {
        const JpegComponent& component = picture.components[i];
        std::optional<Plane> plane = own_plane(picture, output, i, field, frame.interlaced);
        if (!plane || !fills(component, *plane)) {
            std::vector<std::uint8_t>& memory = samples_[index][i];
            memory.resize(static_cast<std::size_t>(component.width) * component.height);
            plane = {memory.data(), component.width, component.height, component.width};
        }
        planes.push_back({&component, *plane, has_chroma(picture) && (i == 1 || i == 2)});
    }
    return planes;
}

void JpegOutput::finish(const JpegFrame& frame, int field, const Picture& output) {
    const auto index = static_cast<std::size_t>(field);
    const JpegPicture& picture = *frame.fields[index];
    if (!own_plane(picture, output, 0, field, frame.interlaced))
        return write_rgb(picture, field, output, frame.interlaced);
    for (std::size_t i = 0; i < planes_[index].size(); ++i) {
        const CodedPlane& coded = planes_[index][i];
        const Plane plane = plane_of(output, i, field, frame.interlaced);
        if (coded.samples.data == plane.data) continue;
        for (int y = 0; y < plane.height; ++y)
            expand_row(picture, *coded.component, coded.samples, y,
                       {plane.row(y), static_cast<std::size_t>(plane.width)});
    }
}

void JpegOutput::write_rgb(const JpegPicture& picture, int field, const Picture& output, bool interlaced) {
    const RgbSource source = rgb_source(picture).value();
    const CodedPlanes& planes = planes_[static_cast<std::size_t>(field)];
    std::array<Plane, 3> rgb;
    for (std::size_t i = 0; i < rgb.size(); ++i) rgb[i] = plane_of(output, i, field, interlaced);
    std::array<const std::uint8_t*, kMostComponents> components{};
    for (int y = 0; y < rgb[0].height; ++y) {
        for (std::size_t i = 0; i < planes.size(); ++i) {
            rows_[i].resize(static_cast<std::size_t>(rgb[0].width));
            expand_row(picture, *planes[i].component, planes[i].samples, y, rows_[i]);
            components[i] = rows_[i].data();
        }
        convert_to_rgb(source, components, rgb[0].width,
                       {{rgb[0].row(y), rgb[1].row(y), rgb[2].row(y)}, output.components[0].step});
    }
}

}  // namespace jpegdeblock
