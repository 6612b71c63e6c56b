// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <jpegdeblock/export.h>
#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/plane.h>
#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

/// Samples of a component of a raw picture, 8 bits each, in the caller's memory.
struct Samples {
    std::uint8_t* data = nullptr;  ///< The first one. Null: the picture has no such component.
    int width = 0;
    int height = 0;
    std::ptrdiff_t stride = 0;  ///< Bytes from a row to the next.
    int step = 1;               ///< Bytes from a sample to the next in its row: 1, 2, or 3 and 4 of R, G, B.
};

/// A raw picture in the caller's memory: a still or a frame of video.
struct Picture {
    /// Components are R, G and B in place of Y, Cb and Cr. PictureRestorer::restore takes those whose R, G
    /// and B are three adjacent bytes of each pixel, in any order; a fourth byte is left alone.
    bool is_rgb = false;
    /// Cb and Cr may be missing: they stay as they are then. They belong here only at the sampling that the
    /// JPEG has (4:2:0, 4:2:2, 4:4:4).
    std::array<Samples, 3> components{};
    bool interlaced = false;  ///< Rows of two fields, each a JPEG of its own, take turns.
};

/// What is known of how a picture was compressed, and whether it has been restored since.
struct PictureTables {
    std::vector<QuantizationTable> luma = {};  ///< One for each field; none: unknown.
    /// Those of Cb and Cr, likewise.
    std::vector<std::array<QuantizationTable, 2>> chroma = {};
    bool luma_restored = false;
    bool chroma_restored = false;

    bool operator==(const PictureTables&) const = default;
};

/// How a picture is restored. All may change between pictures.
struct PictureOptions {
    /// Share of the estimated error that is removed, 0..2. 1: as trained. 0: nothing is changed.
    double strength = 1.0;
    /// Keep the result within the JPEG's quantization intervals.
    bool bounded = true;
    /// IJG quality 1..100 to assume where no table is known; 0: find it out from the pixels.
    int quality = 0;
    /// This left share of the picture stays as decoded, 0..1.
    double compare = 0.0;
    /// How long it may take. Where that is too short some parts pass as decoded, luma's last; see Deblocker.
    std::optional<std::chrono::nanoseconds> time_left = std::nullopt;
    /// The pictures are frames of a video, in the order in which they are shown: where the network for luma
    /// is temporal, the frames before help to restore each (planes of one field likewise by fields).
    bool temporal = false;
    /// When the picture is shown, where that is known: what is not shown after the picture before does not
    /// follow it.
    std::optional<std::chrono::nanoseconds> shown = std::nullopt;

    /// Whether they leave every picture as it is.
    bool idle() const { return strength == 0.0 || compare == 1.0; }
};

/// Where the quantization table of a frame came from.
enum class TableSource {
    kGiven,       ///< The caller knew it.
    kQuality,     ///< From the IJG quality that the options name.
    kEstimated,   ///< From this frame's pixels.
    kRemembered,  ///< From an earlier frame's pixels: this one did not tell enough.
    kNone         ///< Nobody knows, or strength 0 asked for nothing.
};

/// What was done to a plane, or to all planes of a picture. Table, quality and grid are luma's then.
struct FrameReport {
    TableSource source = TableSource::kNone;
    QuantizationTable table;  ///< Valid unless source is kNone.
    int quality = 0;          ///< The IJG quality whose table it is, 0 if it is none.
    GridOffset offset;        ///< Where the grid was taken to lie.
    bool changed = false;     ///< false: output is a copy of the input (or what the JPEG decodes to).

    // Tiles are the 8x8 blocks of the JPEG grid. They add up to all of the plane's where `changed`.
    int tiles_computed = 0;
    int tiles_reused = 0;  ///< Copied from the last frame's result, which they would equal.
    /// As the time was up: left as decoded or, where they were followed, as the frame before tells.
    int tiles_passed = 0;
    int tiles_followed = 0;  ///< Of all these: that were found in the frame before.
};

/// What was done to a picture.
struct PictureReport : FrameReport {
    /// Of the picture as it is now.
    PictureTables tables;
};

/// Restores the pictures of one stream: luma, and chroma where there is a model for it. Keeps memory and what
/// it learnt of the stream between pictures. Not thread safe; one for each stream.
///
///     PictureRestorer restorer(Precision::kAuto, shared_workers(0));
///     restorer.set_luma_model(load_shared_model(find_model("balanced")));
///     restorer.decode(frame, picture);
class PictureRestorer {
  public:
    /// Without models it can only decode.
    JPEGDEBLOCK_API PictureRestorer(Precision precision, std::shared_ptr<Workers> workers);
    JPEGDEBLOCK_API ~PictureRestorer();
    PictureRestorer(const PictureRestorer&) = delete;
    PictureRestorer& operator=(const PictureRestorer&) = delete;

    /// The network for luma, for the components of RGB and for the ink of CMYK. Nothing happens where it is
    /// the present one. Errors: as Engine's constructor; the present one stays.
    JPEGDEBLOCK_API void set_luma_model(std::shared_ptr<const Model> model);

    /// The network for Cb and Cr; null: they stay as they are. Errors: likewise.
    JPEGDEBLOCK_API void set_chroma_model(std::shared_ptr<const Model> model);

    JPEGDEBLOCK_API bool has_luma_model() const;

    /// What kAuto became for luma; kAuto without a model.
    JPEGDEBLOCK_API Precision precision() const;

    /// Restores a decoded picture in place, each field by itself. known: tables that are certain; the others
    /// are looked for in the pixels, where chroma's are those that libjpeg pairs with luma's, if its pixels
    /// agree. What `known` calls restored stays as it is. Errors: kInvalidArgument for options out of range.
    JPEGDEBLOCK_API PictureReport restore(const Picture& picture, const PictureTables& known = {},
                                          const PictureOptions& options = {});

    /// Decodes a JPEG, or the two of a frame's fields, and restores it on the way. output: of a layout that
    /// layout_of() the frame allows; interlaced as the frame. Errors: likewise, and kUnsupported for
    /// components of which nobody knows what they mean.
    JPEGDEBLOCK_API PictureReport decode(const JpegFrame& frame, const Picture& output,
                                         const PictureOptions& options = {});

    /// Forgets what earlier pictures taught (a flush, a new stream).
    JPEGDEBLOCK_API void forget_stream();

    /// The next picture does not follow the last one, but may have been made like it (a gap in a video).
    JPEGDEBLOCK_API void forget_frame_before();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// How a JPEG's picture can be laid out.
enum class PictureLayout {
    kGrey,
    k420,   ///< Y, Cb and Cr in planes, Cb and Cr halved in both directions.
    k422,   ///< Halved horizontally.
    k444,   ///< All of full size. JPEGs of other samplings have samples repeated for it.
    kRgb,   ///< R, G and B, in planes or not. Of RGB, CMYK and YCCK.
    kNone,  ///< Nobody knows what the components mean.
};

/// The layout that holds the picture's samples as they are, or the nearest.
JPEGDEBLOCK_API PictureLayout layout_of(const JpegPicture& picture);

}  // namespace jpegdeblock
