// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pictures/pictures.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <jpegdeblock/error.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <memory>
#include <new>
#include <set>

#include "model/atomic_file.h"

namespace jpegdeblock {
namespace {

namespace fs = std::filesystem;

struct Unreference {
    void operator()(GdkPixbuf* pixbuf) const { g_object_unref(pixbuf); }
};
using Pixbuf = std::unique_ptr<GdkPixbuf, Unreference>;

std::set<std::string> readable_endings() {
    std::set<std::string> endings;
    GSList* formats = gdk_pixbuf_get_formats();
    for (GSList* entry = formats; entry != nullptr; entry = entry->next) {
        gchar** names = gdk_pixbuf_format_get_extensions(static_cast<GdkPixbufFormat*>(entry->data));
        for (gchar** name = names; *name != nullptr; ++name) endings.insert(std::string(".") + *name);
        g_strfreev(names);
    }
    g_slist_free(formats);
    return endings;
}

Pixbuf load_pixbuf(const std::string& path) {
    GError* error = nullptr;
    Pixbuf pixbuf(gdk_pixbuf_new_from_file(path.c_str(), &error));
    if (!pixbuf) {
        const std::string reason = error->message;
        g_error_free(error);
        throw Error(ErrorCode::kInvalidFile, "cannot read the picture '" + path + "': " + reason);
    }
    return pixbuf;
}

/// What a plane's samples are made of: red, green and blue, and a constant. ITU-T T.871, section 7.
struct Weights {
    double red, green, blue, offset;
};
constexpr Weights kLumaWeights = {0.299, 0.587, 0.114, 0.0};
constexpr Weights kCbWeights = {-0.299 / 1.772, -0.587 / 1.772, 0.5, 128.0};
constexpr Weights kCrWeights = {0.5, -0.587 / 1.402, -0.114 / 1.402, 128.0};

LumaImage plane_of(const RgbPicture& picture, const Weights& weights) {
    LumaImage plane{picture.width, picture.height, {}};
    plane.samples.reserve(picture.samples.size() / 3);
    for (std::size_t i = 0; i + 2 < picture.samples.size(); i += 3) {
        const std::uint8_t* p = &picture.samples[i];
        const double value = weights.red * p[0] + weights.green * p[1] + weights.blue * p[2] + weights.offset;
        plane.samples.push_back(static_cast<std::uint8_t>(std::min(value + 0.5, 255.0)));
    }
    return plane;
}

LumaImage halved(const LumaImage& plane) {
    LumaImage half{(plane.width + 1) / 2, (plane.height + 1) / 2, {}};
    half.samples.reserve(static_cast<std::size_t>(half.width) * static_cast<std::size_t>(half.height));
    for (int y = 0; y < half.height; ++y) {
        const std::uint8_t* above = plane.view().row(2 * y);
        const std::uint8_t* below = plane.view().row(std::min(2 * y + 1, plane.height - 1));
        for (int x = 0; x < half.width; ++x) {
            const int left = 2 * x, right = std::min(2 * x + 1, plane.width - 1);
            // Halves are rounded down and up by turns, so that the mean stays.
            const int sum = above[left] + above[right] + below[left] + below[right] + 1 + x % 2;
            half.samples.push_back(static_cast<std::uint8_t>(sum / 4));
        }
    }
    return half;
}

Pixbuf to_pixbuf(const RgbPicture& picture) {
    Pixbuf pixbuf(gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, picture.width, picture.height));
    if (!pixbuf) throw std::bad_alloc();
    guint8* pixels = gdk_pixbuf_get_pixels(pixbuf.get());
    const int stride = gdk_pixbuf_get_rowstride(pixbuf.get());
    const std::size_t row = 3 * static_cast<std::size_t>(picture.width);
    for (int y = 0; y < picture.height; ++y)
        std::copy_n(picture.samples.data() + static_cast<std::size_t>(y) * row, row,
                    pixels + static_cast<std::ptrdiff_t>(y) * stride);
    return pixbuf;
}

RgbPicture grey_picture(const LumaImage& luma) {
    RgbPicture picture{luma.width, luma.height, {}};
    picture.samples.reserve(3 * luma.samples.size());
    for (const std::uint8_t sample : luma.samples) picture.samples.insert(picture.samples.end(), 3, sample);
    return picture;
}

std::vector<std::uint8_t> to_png(const RgbPicture& picture) {
    const Pixbuf pixbuf = to_pixbuf(picture);
    gchar* buffer = nullptr;
    gsize size = 0;
    GError* error = nullptr;
    if (!gdk_pixbuf_save_to_buffer(pixbuf.get(), &buffer, &size, "png", &error, nullptr)) {
        const std::string reason = error->message;
        g_error_free(error);
        throw Error(ErrorCode::kUnsupported, "cannot make a PNG: " + reason);
    }
    const std::unique_ptr<gchar, decltype(&g_free)> owner(buffer, g_free);
    return {buffer, buffer + size};
}

}  // namespace

std::vector<std::string> list_pictures(const std::string& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        throw Error(ErrorCode::kNotFound, "'" + folder + "' is not a folder; give one that holds pictures");
    const std::set<std::string> endings = readable_endings();
    std::vector<std::string> paths;
    auto entry =
        fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        std::string ending = entry->path().extension().string();
        std::transform(ending.begin(), ending.end(), ending.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        std::error_code file_error;
        if (endings.count(ending) != 0 && entry->is_regular_file(file_error))
            paths.push_back(entry->path().string());
    }
    if (error)
        throw Error(ErrorCode::kUnreadable,
                    "cannot read all of the folder '" + folder + "': " + error.message());
    if (paths.empty())
        throw Error(ErrorCode::kNotFound, "folder '" + folder + "' holds no picture (JPEG, PNG, ...)");
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::vector<std::string> list_pictures(const std::vector<std::string>& folders) {
    std::vector<std::string> paths;
    for (const std::string& folder : folders) {
        const std::vector<std::string> found = list_pictures(folder);
        paths.insert(paths.end(), found.begin(), found.end());
    }
    return paths;
}

RgbPicture load_rgb(const std::string& path) {
    const Pixbuf pixbuf = load_pixbuf(path);
    RgbPicture picture;
    picture.width = gdk_pixbuf_get_width(pixbuf.get());
    picture.height = gdk_pixbuf_get_height(pixbuf.get());
    picture.samples.reserve(3 * static_cast<std::size_t>(picture.width) *
                            static_cast<std::size_t>(picture.height));
    const int channels = gdk_pixbuf_get_n_channels(pixbuf.get());
    const int stride = gdk_pixbuf_get_rowstride(pixbuf.get());
    const guint8* pixels = gdk_pixbuf_read_pixels(pixbuf.get());
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < picture.width; ++x) {
            const guint8* pixel = pixels + static_cast<std::ptrdiff_t>(y) * stride + x * channels;
            picture.samples.insert(picture.samples.end(), pixel, pixel + 3);
        }
    return picture;
}

std::optional<PictureSize> picture_size(const std::string& path) {
    PictureSize size;
    if (gdk_pixbuf_get_file_info(path.c_str(), &size.width, &size.height) == nullptr) return std::nullopt;
    return size;
}

std::vector<LumaImage> planes_of(const RgbPicture& picture, Component component) {
    if (component == Component::kLuma) return {plane_of(picture, kLumaWeights)};
    std::vector<LumaImage> planes = {plane_of(picture, kCbWeights), plane_of(picture, kCrWeights)};
    if (component == Component::kHalvedChroma)
        for (LumaImage& plane : planes) plane = halved(plane);
    return planes;
}

std::vector<LumaImage> load_planes(const std::string& path, Component component) {
    std::vector<LumaImage> planes = planes_of(load_rgb(path), component);
    if (planes[0].width < 8 || planes[0].height < 8)
        throw Error(ErrorCode::kInvalidFile, "the picture '" + path + "' is smaller than " +
                                                 (component == Component::kHalvedChroma ? "16x16" : "8x8") +
                                                 " pixels");
    return planes;
}

LumaImage load_luma(const std::string& path) {
    return std::move(load_planes(path, Component::kLuma).front());
}

void save_rgb(const std::string& path, const RgbPicture& picture) {
    const std::vector<std::uint8_t> png = to_png(picture);
    AtomicFile file(path);
    file.write(png.data(), png.size());
    file.commit();
}

void save_luma(const std::string& path, const LumaImage& luma) {
    save_rgb(path, grey_picture(luma));
}

std::vector<std::uint8_t> encode_png(const LumaImage& luma) {
    return to_png(grey_picture(luma));
}

std::vector<LumaImage> load_pictures(const std::vector<std::string>& paths, Component component,
                                     int smallest_side, const std::function<void(const std::string&)>& warn) {
    std::vector<LumaImage> pictures;
    for (const std::string& path : paths) {
        try {
            std::vector<LumaImage> planes = load_planes(path, component);
            const LumaImage& first = planes.front();
            if (first.width < smallest_side || first.height < smallest_side)
                warn("left out '" + path + "': " + std::to_string(first.width) + "x" +
                     std::to_string(first.height) + " is smaller than " + std::to_string(smallest_side) +
                     " pixels");
            else
                std::move(planes.begin(), planes.end(), std::back_inserter(pictures));
        } catch (const Error& error) {
            warn(std::string("left out: ") + error.what());
        }
    }
    if (pictures.empty())
        throw Error(ErrorCode::kInvalidFile, "none of the " + std::to_string(paths.size()) +
                                                 " pictures can be used; the first is '" + paths.front() +
                                                 "'");
    return pictures;
}

}  // namespace jpegdeblock
