// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "test_models.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::LumaImage;

std::uint8_t* pixel(Picture& picture, const PixelLayout& layout, int x, int y) {
    return picture.bytes.data() + picture.info.offset[0] + y * picture.info.stride[0] + x * layout.bytes;
}

const std::uint8_t* pixel(const Picture& picture, const PixelLayout& layout, int x, int y) {
    return pixel(const_cast<Picture&>(picture), layout, x, y);
}

double exact_luma(int red, int green, int blue) {
    return 0.299 * red + 0.587 * green + 0.114 * blue;
}

}  // namespace

const std::vector<PixelLayout>& pixel_layouts() {
    static const std::vector<PixelLayout> layouts = {
        {GST_VIDEO_FORMAT_GRAY8, 1, 0, 0, 0, 0}, {GST_VIDEO_FORMAT_I420, 1, 0, 0, 0, 0},
        {GST_VIDEO_FORMAT_YV12, 1, 0, 0, 0, 0},  {GST_VIDEO_FORMAT_Y42B, 1, 0, 0, 0, 0},
        {GST_VIDEO_FORMAT_Y444, 1, 0, 0, 0, 0},  {GST_VIDEO_FORMAT_NV12, 1, 0, 0, 0, 0},
        {GST_VIDEO_FORMAT_NV21, 1, 0, 0, 0, 0},  {GST_VIDEO_FORMAT_YUY2, 2, 0, 0, 0, 0},
        {GST_VIDEO_FORMAT_UYVY, 2, 1, 0, 0, 0},  {GST_VIDEO_FORMAT_RGB, 3, -1, 0, 1, 2},
        {GST_VIDEO_FORMAT_BGR, 3, -1, 2, 1, 0},  {GST_VIDEO_FORMAT_RGBx, 4, -1, 0, 1, 2},
        {GST_VIDEO_FORMAT_BGRx, 4, -1, 2, 1, 0}, {GST_VIDEO_FORMAT_xRGB, 4, -1, 1, 2, 3},
        {GST_VIDEO_FORMAT_xBGR, 4, -1, 3, 2, 1}, {GST_VIDEO_FORMAT_RGBA, 4, -1, 0, 1, 2},
        {GST_VIDEO_FORMAT_BGRA, 4, -1, 2, 1, 0}, {GST_VIDEO_FORMAT_ARGB, 4, -1, 1, 2, 3},
        {GST_VIDEO_FORMAT_ABGR, 4, -1, 3, 2, 1}};
    return layouts;
}

const PixelLayout& layout_of(GstVideoFormat format) {
    for (const PixelLayout& layout : pixel_layouts()) {
        if (layout.format == format) {
            return layout;
        }
    }
    throw std::invalid_argument("no layout of that format");
}

LumaImage random_luma(int width, int height, std::uint32_t seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> noise(0.0, 6.0);
    LumaImage luma{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height)};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const double soft = 40.0 * std::sin(x * 0.11 + seed) + 30.0 * std::cos(y * 0.07 + x * 0.03);
            const double edge = (x / 13 + y / 17) % 2 == 0 ? 25.0 : -25.0;
            luma.samples[static_cast<std::size_t>(y) * width + x] =
                static_cast<std::uint8_t>(std::clamp(128.0 + soft + edge + noise(generator), 0.0, 255.0));
        }
    }
    return luma;
}

LumaImage compressed_luma(int width, int height, int quality, std::uint32_t seed) {
    return jpegdeblock::decode_jpeg_luma(
        jpegdeblock::encode_grey_jpeg(random_luma(width, height, seed).view(), quality));
}

Picture picture_of(GstVideoFormat format, const LumaImage& luma, int padding, GstVideoInterlaceMode mode) {
    Picture picture;
    gst_video_info_set_interlaced_format(&picture.info, format, mode, luma.width, luma.height);
    gsize size = 0;
    for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&picture.info); ++plane) {
        const gsize next = plane + 1 < GST_VIDEO_INFO_N_PLANES(&picture.info) ? picture.info.offset[plane + 1]
                                                                              : picture.info.size;
        const gsize rows = (next - picture.info.offset[plane]) / picture.info.stride[plane];
        picture.info.stride[plane] += padding;
        size += padding;
        picture.info.offset[plane] = padding > 0 ? size : picture.info.offset[plane];
        size = picture.info.offset[plane] + rows * picture.info.stride[plane];
    }
    picture.info.size = std::max<gsize>(size, picture.info.size) + padding;

    std::mt19937 generator(11);
    std::uniform_int_distribution<int> byte(0, 255);
    picture.bytes.resize(picture.info.size);
    std::generate(picture.bytes.begin(), picture.bytes.end(), [&] { return byte(generator); });
    const PixelLayout& layout = layout_of(format);
    std::uniform_int_distribution<int> tint(-12, 12);
    for (int y = 0; y < luma.height; ++y) {
        for (int x = 0; x < luma.width; ++x) {
            const int grey = luma.samples[static_cast<std::size_t>(y) * luma.width + x];
            std::uint8_t* out = pixel(picture, layout, x, y);
            if (layout.luma >= 0) {
                out[layout.luma] = static_cast<std::uint8_t>(grey);
                continue;
            }
            // Draw again where the exact luma is next to a half: which way it rounds is nobody's promise.
            double fraction = 0.0;
            do {
                for (int component : {layout.red, layout.green, layout.blue}) {
                    out[component] = static_cast<std::uint8_t>(std::clamp(grey + tint(generator), 0, 255));
                }
                const double exact = exact_luma(out[layout.red], out[layout.green], out[layout.blue]);
                fraction = exact - std::floor(exact);
            } while (std::abs(fraction - 0.5) < 0.003);
        }
    }
    return picture;
}

Picture random_picture(GstVideoFormat format, int width, int height, int padding,
                       GstVideoInterlaceMode mode) {
    return picture_of(format, random_luma(width, height), padding, mode);
}

LumaImage luma_of(const Picture& picture) {
    const PixelLayout& layout = layout_of(GST_VIDEO_INFO_FORMAT(&picture.info));
    LumaImage luma{picture.info.width, picture.info.height, {}};
    for (int y = 0; y < luma.height; ++y) {
        for (int x = 0; x < luma.width; ++x) {
            const std::uint8_t* in = pixel(picture, layout, x, y);
            luma.samples.push_back(layout.luma >= 0
                                       ? in[layout.luma]
                                       : static_cast<std::uint8_t>(std::lround(
                                             exact_luma(in[layout.red], in[layout.green], in[layout.blue]))));
        }
    }
    return luma;
}

Picture with_luma(const Picture& picture, const LumaImage& luma, int first_column) {
    const PixelLayout& layout = layout_of(GST_VIDEO_INFO_FORMAT(&picture.info));
    const LumaImage before = luma_of(picture);
    Picture result = picture;
    for (int y = 0; y < luma.height; ++y) {
        for (int x = first_column; x < luma.width; ++x) {
            const std::size_t at = static_cast<std::size_t>(y) * luma.width + x;
            std::uint8_t* out = pixel(result, layout, x, y);
            if (layout.luma >= 0) {
                out[layout.luma] = luma.samples[at];
                continue;
            }
            const int change = luma.samples[at] - before.samples[at];
            for (int component : {layout.red, layout.green, layout.blue}) {
                out[component] = static_cast<std::uint8_t>(std::clamp(out[component] + change, 0, 255));
            }
        }
    }
    return result;
}

LumaImage deblocked(const LumaImage& luma, const jpegdeblock::DeblockerOptions& options) {
    jpegdeblock::Deblocker deblocker(jpegdeblock::load_shared_model(test_model("balanced")),
                                     jpegdeblock::Precision::kAuto, jpegdeblock::make_workers(1), options);
    LumaImage result = luma;
    deblocker.process(luma.view(), result.view());
    return result;
}

GstBuffer* make_buffer(const Picture& picture) {
    GstBuffer* buffer = gst_buffer_new_memdup(picture.bytes.data(), picture.bytes.size());
    GstVideoInfo dense;
    gst_video_info_set_interlaced_format(&dense, GST_VIDEO_INFO_FORMAT(&picture.info),
                                         GST_VIDEO_INFO_INTERLACE_MODE(&picture.info), picture.info.width,
                                         picture.info.height);
    if (dense.size != picture.bytes.size()) {
        GstVideoInfo info = picture.info;
        gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&info),
                                       info.width, info.height, GST_VIDEO_INFO_N_PLANES(&info), info.offset,
                                       info.stride);
    }
    return buffer;
}

std::vector<std::uint8_t> bytes_of(GstBuffer* buffer) {
    std::vector<std::uint8_t> bytes(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
    return bytes;
}

}  // namespace jpegdeblock_test
