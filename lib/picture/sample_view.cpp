// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture/sample_view.h"

#include <algorithm>
#include <bit>

#include "jpeg/target_clones.h"

namespace jpegdeblock {
namespace {

// ITU-T T.871's weights in units of 2^-16; they add up to 2^16, so that grey stays grey.
constexpr unsigned kRedWeight = 19595;
constexpr unsigned kGreenWeight = 38470;
constexpr unsigned kBlueWeight = 7471;
constexpr unsigned kHalf = 1u << 15;
static_assert(kRedWeight + kGreenWeight + kBlueWeight == 1u << 16);

// The distance of pixels is a constant in each, so that the compiler can vectorize.
template <int kPixelStride>
inline __attribute__((always_inline)) void read_rgb_row(const std::uint8_t* red, const std::uint8_t* green,
                                                        const std::uint8_t* blue, int width,
                                                        std::uint8_t* luma) {
    for (int x = 0; x < width; ++x) {
        const unsigned sum = kRedWeight * red[x * kPixelStride] + kGreenWeight * green[x * kPixelStride] +
                             kBlueWeight * blue[x * kPixelStride];
        luma[x] = static_cast<std::uint8_t>((sum + kHalf) >> 16);
    }
}

JPEGDEBLOCK_TARGET_CLONES void read_rgb24_row(const std::uint8_t* red, const std::uint8_t* green,
                                              const std::uint8_t* blue, int width,
                                              std::uint8_t* __restrict luma) {
    read_rgb_row<3>(red, green, blue, width, luma);
}

JPEGDEBLOCK_TARGET_CLONES void read_rgb32_row(const std::uint8_t* red, const std::uint8_t* green,
                                              const std::uint8_t* blue, int width,
                                              std::uint8_t* __restrict luma) {
    read_rgb_row<4>(red, green, blue, width, luma);
}

JPEGDEBLOCK_TARGET_CLONES void read_every_second(const std::uint8_t* first, int width,
                                                 std::uint8_t* __restrict luma) {
    for (int x = 0; x < width; ++x) {
        luma[x] = first[2 * x];
    }
}

JPEGDEBLOCK_TARGET_CLONES void write_every_second(std::uint8_t* __restrict first, int width,
                                                  const std::uint8_t* luma) {
    for (int x = 0; x < width; ++x) {
        first[2 * x] = luma[x];
    }
}

constexpr int kChunk = 64;  // Pixels whose changes are kept at a time.

std::uint8_t changed(std::uint8_t sample, int change) {
    return static_cast<std::uint8_t>(std::clamp(sample + change, 0, 255));
}

// Adds each pixel's change in luma to its three bytes.
JPEGDEBLOCK_TARGET_CLONES void write_rgb24_row(std::uint8_t* __restrict first, int width,
                                               const std::uint8_t* __restrict decoded,
                                               const std::uint8_t* __restrict restored) {
    for (int x = 0; x < width; x += kChunk) {
        const int pixels = std::min(kChunk, width - x);
        std::int16_t change[kChunk * 3];
        for (int i = 0; i < pixels; ++i) {
            const auto difference = static_cast<std::int16_t>(restored[x + i] - decoded[x + i]);
            change[i * 3] = change[i * 3 + 1] = change[i * 3 + 2] = difference;
        }
        std::uint8_t* bytes = first + static_cast<std::ptrdiff_t>(x) * 3;
        for (int i = 0; i < pixels * 3; ++i) {
            bytes[i] = changed(bytes[i], change[i]);
        }
    }
}

// As above, of pixels of four bytes: the byte after the three changes by 0, and the one after the last
// pixel's three, which may be past the end of the picture, is not touched.
JPEGDEBLOCK_TARGET_CLONES void write_rgb32_row(std::uint8_t* __restrict first, int width,
                                               const std::uint8_t* __restrict decoded,
                                               const std::uint8_t* __restrict restored) {
    constexpr auto kThreeBytes = std::bit_cast<std::uint32_t>(std::array<std::uint8_t, 4>{1, 1, 1, 0});
    for (int x = 0; x < width; x += kChunk) {
        const int pixels = std::min(kChunk, width - x);
        std::uint32_t rise[kChunk];
        std::uint32_t fall[kChunk];
        for (int i = 0; i < pixels; ++i) {
            const int difference = restored[x + i] - decoded[x + i];
            rise[i] = std::max(difference, 0) * kThreeBytes;
            fall[i] = std::max(-difference, 0) * kThreeBytes;
        }
        const auto* up = reinterpret_cast<const std::uint8_t*>(rise);
        const auto* down = reinterpret_cast<const std::uint8_t*>(fall);
        std::uint8_t* bytes = first + static_cast<std::ptrdiff_t>(x) * 4;
        for (int i = 0; i < pixels * 4 - 1; ++i) {
            bytes[i] = changed(bytes[i], up[i] - down[i]);
        }
    }
}

SampleView view_of(const Samples& samples) {
    SampleView view;
    view.component[0] = samples.data;
    view.width = samples.width;
    view.height = samples.height;
    view.row_stride = samples.stride;
    view.pixel_stride = samples.step;
    return view;
}

}  // namespace

SampleView luma_of(const Picture& picture) {
    SampleView view = component_of(picture, 0);
    view.is_rgb = picture.is_rgb;
    for (std::size_t i = 1; picture.is_rgb && i < view.component.size(); ++i)
        view.component[i] = picture.components[i].data;
    return view;
}

bool has_chroma(const Picture& picture) {
    return !picture.is_rgb && picture.components[1].data != nullptr && picture.components[2].data != nullptr;
}

SampleView component_of(const Picture& picture, std::size_t component) {
    return view_of(picture.components[component]);
}

SampleView field_of(SampleView view, int field) {
    if (field == 1) {
        for (std::uint8_t*& component : view.component) {
            component = component != nullptr ? component + view.row_stride : nullptr;
        }
    }
    view.height = (view.height + 1 - field) / 2;
    view.row_stride *= 2;
    return view;
}

std::optional<Plane> as_plane(const SampleView& view) {
    if (view.is_rgb || view.pixel_stride != 1) {
        return std::nullopt;
    }
    return Plane{view.component[0], view.width, view.height, view.row_stride};
}

void read_samples(const SampleView& view, Plane samples) {
    for (int y = 0; y < view.height; ++y) {
        const std::ptrdiff_t row = y * view.row_stride;
        const std::uint8_t* first = view.component[0] + row;
        if (view.is_rgb) {
            const auto read_row = view.pixel_stride == 3 ? read_rgb24_row : read_rgb32_row;
            read_row(first, view.component[1] + row, view.component[2] + row, view.width, samples.row(y));
        } else if (view.pixel_stride == 1) {
            std::copy_n(first, view.width, samples.row(y));
        } else {
            read_every_second(first, view.width, samples.row(y));
        }
    }
}

void write_samples(const SampleView& view, ConstPlane decoded, ConstPlane restored, int first_column) {
    const int width = view.width - first_column;
    // R, G and B are three adjacent bytes, in one order or another.
    std::uint8_t* start =
        view.is_rgb ? *std::min_element(view.component.begin(), view.component.end()) : view.component[0];
    start += static_cast<std::ptrdiff_t>(first_column) * view.pixel_stride;
    for (int y = 0; y < view.height; ++y) {
        std::uint8_t* first = start + y * view.row_stride;
        const std::uint8_t* after = restored.row(y) + first_column;
        if (view.is_rgb) {
            const auto write_row = view.pixel_stride == 3 ? write_rgb24_row : write_rgb32_row;
            write_row(first, width, decoded.row(y) + first_column, after);
        } else if (view.pixel_stride == 1) {
            std::copy_n(after, width, first);
        } else {
            write_every_second(first, width, after);
        }
    }
}

}  // namespace jpegdeblock
