// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/video.h>

#include <jpegdeblock/jpeg_coefficients.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "failure.h"
#include "restoration.h"
#include "settings.h"
#include "table_meta.h"

namespace jpegdeblock_plugin {

/// Whether a JPEG of that size is a field of a frame of the size that the container announces: jpegdec's
/// rule. The JPEGs of the fields may be a part of a block higher than the field.
bool is_field_of_frame(int width, int height, int frame_width, int frame_height);

/// Turns the JPEGs of one stream into raw frames. No exception leaves; what went wrong comes back as a
/// Failure. All is the streaming thread's.
class PictureDecoder {
  public:
    /// The most pixels that a JPEG may claim to have; 0: no limit. The failure of one that has more names the
    /// property max-pixels.
    void set_most_pixels(std::uint64_t pixels);

    /// Another stream begins: forgets the tables that JPEGs without a picture have given for those to come.
    void forget_tables();

    /// Reads the coefficients of the JPEG in `bytes`. The members below tell of the last one read.
    /// announced_width, announced_height: what the container says, 0 where it says nothing; where that is
    /// twice as high as the JPEG, `bytes` holds the two fields of a frame, as jpegdec takes it.
    std::optional<Failure> read(std::span<const std::uint8_t> bytes, int announced_width,
                                int announced_height) noexcept;

    /// As read(), for a JPEG that comes in pieces: the first one gives up any JPEG before, the last one ends
    /// it.
    std::optional<Failure> read_piece(std::span<const std::uint8_t> bytes, bool first, bool last) noexcept;

    /// Whether what was read makes a picture: not tables alone, nor the first pieces.
    bool has_picture() const { return fields_[0] != nullptr; }

    int width() const { return fields_[0]->width; }
    int height() const { return height_; }
    bool interlaced() const { return interlaced_; }

    /// The raw formats that the picture can be written in, the usual one first. Of grey and YCbCr it is the
    /// one that holds the JPEG's samples as they are, or Y444 where none does; all else becomes R, G and B.
    /// None: nobody knows what the components mean.
    std::span<const GstVideoFormat> formats() const;

    /// What colours the JPEG has, for messages: "RGB colours", "2 components".
    std::string colours() const;

    /// libjpeg's words where data are missing or wrong.
    std::optional<std::string> damage() const;

    /// libjpeg's words where something is irregular that does no harm; else empty.
    const std::string& note() const { return fields_[0]->note; }

    /// Nothing of CMYK and YCCK that is not restored: the tables are not those of what is shown.
    std::optional<TableMeta> table_meta(const Settings& settings) const;

    /// Writes the picture, restored as the settings say, to a frame of that size and format which is mapped
    /// for writing.
    std::optional<Failure> write(const GstVideoFrame& frame, Restoration& restoration,
                                 const Settings& settings,
                                 std::optional<std::chrono::nanoseconds> time_left) noexcept;

  private:
    static constexpr std::size_t kMostComponents = 4;

    CodedPlanes coded_planes(const GstVideoFrame& frame, int field);
    /// Calls `read`, and sees to the limit of pixels.
    template <typename Read>
    const jpegdeblock::JpegPicture* within_limit(Read read) const;
    void read_second_field(std::span<const std::uint8_t> rest);
    /// Where the samples of a frame's component are the JPEG's own, so that they can be written directly.
    std::optional<jpegdeblock::Plane> plane_for(const GstVideoFrame& frame, int component, int field) const;
    void finish(const GstVideoFrame& frame, int field, const CodedPlanes& planes);
    void write_rgb(const GstVideoFrame& frame, int field, const CodedPlanes& planes);

    std::uint64_t most_pixels_ = 0;
    std::array<jpegdeblock::JpegReader, 2> readers_;
    /// The pictures that the readers hold. The second is the first where a second field is missing.
    std::array<const jpegdeblock::JpegPicture*, 2> fields_{};
    bool second_field_missing_ = false;
    bool interlaced_ = false;
    int height_ = 0;
    /// For each field and component: samples that are fewer than the plane's.
    std::array<std::array<std::vector<std::uint8_t>, kMostComponents>, 2> samples_;
    std::array<std::vector<std::uint8_t>, kMostComponents>
        rows_;  ///< Of full width, on the way to R, G and B.
};

}  // namespace jpegdeblock_plugin
