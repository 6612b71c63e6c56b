// SPDX-License-Identifier: LGPL-2.1-or-later
#include "luma_access.h"

#include <algorithm>

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::ConstPlane;
using jpegdeblock::Plane;

// ITU-T T.871's weights in units of 2^-16; they add up to 2^16, so that grey stays grey.
constexpr unsigned kRedWeight = 19595;
constexpr unsigned kGreenWeight = 38470;
constexpr unsigned kBlueWeight = 7471;
constexpr unsigned kHalf = 1u << 15;
static_assert(kRedWeight + kGreenWeight + kBlueWeight == 1u << 16);

std::uint8_t add_limited(std::uint8_t sample, int change) {
    return static_cast<std::uint8_t>(std::clamp(sample + change, 0, 255));
}

// The distance of pixels is a template argument, so that the compiler can vectorize the row.
template <int kPixelStride>
void read_rgb_row(const std::uint8_t* red, const std::uint8_t* green, const std::uint8_t* blue, int width,
                  std::uint8_t* luma) {
    for (int x = 0; x < width; ++x) {
        const unsigned sum = kRedWeight * red[x * kPixelStride] + kGreenWeight * green[x * kPixelStride] +
                             kBlueWeight * blue[x * kPixelStride];
        luma[x] = static_cast<std::uint8_t>((sum + kHalf) >> 16);
    }
}

template <int kPixelStride>
void write_rgb_row(std::uint8_t* red, std::uint8_t* green, std::uint8_t* blue, int first, int width,
                   const std::uint8_t* decoded, const std::uint8_t* restored) {
    for (int x = first; x < width; ++x) {
        const int change = restored[x] - decoded[x];
        for (std::uint8_t* component : {red, green, blue}) {
            component[x * kPixelStride] = add_limited(component[x * kPixelStride], change);
        }
    }
}

}  // namespace

LumaView luma_of_frame(const GstVideoFrame& frame) {
    LumaView view;
    view.is_rgb = GST_VIDEO_INFO_IS_RGB(&frame.info);
    for (int i = 0; i < (view.is_rgb ? 3 : 1); ++i) {
        view.component[i] = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, i));
    }
    view.width = GST_VIDEO_FRAME_COMP_WIDTH(&frame, 0);
    view.height = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, 0);
    view.row_stride = GST_VIDEO_FRAME_COMP_STRIDE(&frame, 0);
    view.pixel_stride = GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, 0);
    return view;
}

LumaView luma_of_field(const GstVideoFrame& frame, int field) {
    LumaView view = luma_of_frame(frame);
    if (field == 1) {
        for (std::uint8_t*& component : view.component) {
            component = component != nullptr ? component + view.row_stride : nullptr;
        }
    }
    view.height = (view.height + 1 - field) / 2;
    view.row_stride *= 2;
    return view;
}

std::optional<Plane> as_plane(const LumaView& view) {
    if (view.is_rgb || view.pixel_stride != 1) {
        return std::nullopt;
    }
    return Plane{view.component[0], view.width, view.height, view.row_stride};
}

void read_luma(const LumaView& view, Plane luma) {
    for (int y = 0; y < view.height; ++y) {
        const std::ptrdiff_t row = y * view.row_stride;
        const std::uint8_t* first = view.component[0] + row;
        std::uint8_t* out = luma.row(y);
        if (!view.is_rgb) {
            for (int x = 0; x < view.width; ++x) {
                out[x] = first[x * view.pixel_stride];
            }
        } else if (view.pixel_stride == 3) {
            read_rgb_row<3>(first, view.component[1] + row, view.component[2] + row, view.width, out);
        } else {
            read_rgb_row<4>(first, view.component[1] + row, view.component[2] + row, view.width, out);
        }
    }
}

void write_luma(const LumaView& view, ConstPlane decoded, ConstPlane restored, int first_column) {
    for (int y = 0; y < view.height; ++y) {
        const std::ptrdiff_t row = y * view.row_stride;
        std::uint8_t* first = view.component[0] + row;
        const std::uint8_t* before = decoded.row(y);
        const std::uint8_t* after = restored.row(y);
        if (!view.is_rgb) {
            for (int x = first_column; x < view.width; ++x) {
                first[x * view.pixel_stride] = after[x];
            }
        } else if (view.pixel_stride == 3) {
            write_rgb_row<3>(first, view.component[1] + row, view.component[2] + row, first_column,
                             view.width, before, after);
        } else {
            write_rgb_row<4>(first, view.component[1] + row, view.component[2] + row, first_column,
                             view.width, before, after);
        }
    }
}

}  // namespace jpegdeblock_plugin
