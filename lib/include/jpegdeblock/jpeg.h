// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <jpegdeblock/export.h>
#include <jpegdeblock/progressive.h>
#include <jpegdeblock/quantization.h>

// JPEGs (ITU-T T.81): JpegStream finds them in bytes that arrive in pieces, JpegFrameReader reads those of a
// stream's frames, JpegReader one by one.

namespace jpegdeblock {

/// A component (Y, Cb, Cr, ...) of a JPEG as the file holds it: the quantized DCT coefficients.
struct JpegComponent {
    int horizontal_sampling = 1;  ///< 1..4, as in the frame header; meaningful relative to other components.
    int vertical_sampling = 1;
    int width = 0;  ///< Samples that the picture shows, at the component's own sampling.
    int height = 0;
    int blocks_wide = 0;  ///< 8x8 blocks that hold these samples.
    int blocks_high = 0;
    /// As the file has it: a step may be 0, and that coefficient is 0 whatever the scans say.
    QuantizationTable table;
    /// For each row of blocks blocks_wide x 64 coefficients, block after block, each in row order. They
    /// belong to the JpegReader and are valid until it reads again or goes.
    std::vector<const std::int16_t*> block_rows;
    /// What the scans of a progressive JPEG have told of the coefficients. Any bits of them beyond that mean
    /// nothing. Where blocks differ, what most of them have.
    ScanState state;
    /// Where a scan was cut off or damaged, less is known of some blocks than of others: the states that
    /// there are and, for each block, row by row, which of them it has. Both empty where `state` holds for
    /// all.
    std::vector<ScanState> states;
    std::vector<std::uint8_t> state_of_block;

    /// What is known of the block at column x and row y of the blocks.
    JPEGDEBLOCK_API const ScanState& state_at(int x, int y) const;
    /// Whether all is known of all blocks.
    JPEGDEBLOCK_API bool complete() const;
};

/// What the components of a JPEG mean, as libjpeg concludes from the JFIF and Adobe markers and the
/// components' names.
enum class JpegColorSpace { kGrey, kYCbCr, kRgb, kCmyk, kYcck, kUnknown };

/// "grey", "YCbCr", "RGB", ...
JPEGDEBLOCK_API const char* name_of(JpegColorSpace space);

/// What JpegReader::read found.
struct JpegPicture {
    int width = 0;
    int height = 0;
    bool progressive = false;
    int scans = 0;  ///< Those that are complete.
    JpegColorSpace color_space = JpegColorSpace::kUnknown;
    bool adobe_marker = false;  ///< Then CMYK and YCCK are stored inverted, as Photoshop does: 255 is no ink.
    std::vector<JpegComponent> components;  ///< None where the file holds nothing but tables.
    int horizontal_sampling = 1;            ///< The largest of all components.
    int vertical_sampling = 1;
    /// Data are missing or wrong. What could be had is there, the rest is grey; of a progressive JPEG there
    /// is what its scans tell up to where they are damaged.
    bool damaged = false;
    std::string damage;    ///< libjpeg's words for the first damage.
    std::string note;      ///< libjpeg's words for the first thing that is irregular but loses nothing.
    std::size_t size = 0;  ///< Bytes from the start to the end of the picture, the EOI marker included.
};

/// Reads JPEGs' coefficients with libjpeg-turbo: baseline, extended sequential and progressive, Huffman or
/// arithmetic coding; with the standard Huffman tables where there are none (motion JPEG). No table is taken
/// from the picture before. But the tables of a JPEG that holds nothing else (T.81, B.5) are kept for all
/// pictures that follow, which may redefine them, each for itself; reading such a JPEG gives a JpegPicture
/// without components. Not thread safe.
class JpegReader {
  public:
    JPEGDEBLOCK_API JpegReader();
    JPEGDEBLOCK_API ~JpegReader();
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;

    static constexpr std::uint64_t kDefaultMostSamples = std::uint64_t{1} << 28;

    /// The most samples, of all components, that a picture may claim to have. It is checked before there is
    /// memory for them: 2 bytes each. Nor may the scans of a picture that is not small pass over it more than
    /// 64 times. 0: no limit to either. Holds from the next picture on.
    JPEGDEBLOCK_API void set_most_samples(std::uint64_t samples);

    /// From the next picture on, coefficients that take more than so many bytes lie in a file without a name
    /// in `folder`, mapped into memory, which need not hold them all: for pictures that are larger than it.
    /// The folder must have room for 2 bytes for each sample. An empty one: all coefficients lie in memory,
    /// as at first. read() and finish() then also throw Error(kUnwritable).
    JPEGDEBLOCK_API void keep_in_file(const std::string& folder, std::uint64_t most_in_memory);

    /// Gives the memory back that coefficients in a file take at present. They remain valid.
    JPEGDEBLOCK_API void release_memory();

    /// Forgets the tables that were kept for pictures to follow (a new stream).
    JPEGDEBLOCK_API void forget_tables();

    /// The result is valid until the next read. `name` stands in messages for the file; bytes after the
    /// picture's end are ignored. Errors: kInvalidFile where not even the headers can be read, and for what
    /// only attacks contain (see decode_jpeg_luma); kTooLarge for what set_most_samples limits.
    JPEGDEBLOCK_API const JpegPicture& read(std::span<const std::uint8_t> bytes,
                                            const std::string& name = "the JPEG");

    /// A picture that comes in pieces: begin(), append() for each, finish(). Any begin() or read() gives up
    /// the picture before; after an Error one of them must be next. Errors: as read().
    JPEGDEBLOCK_API void begin(const std::string& name = "the JPEG");

    /// Takes the next bytes of the picture. Null until one scan at least is complete, which it is once the
    /// marker after it is there, of a large picture only once the bytes are worth its memory; of arithmetic
    /// coding and of tables alone always. The result is valid until the next call.
    JPEGDEBLOCK_API const JpegPicture* append(std::span<const std::uint8_t> bytes);

    /// There are no more bytes. The result is what read() gives for all of them.
    JPEGDEBLOCK_API const JpegPicture& finish();

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// The JPEG of a frame of video, or those of its two fields. Belongs to the JpegFrameReader, as the pictures
/// do.
struct JpegFrame {
    /// The second is the first where a second field is missing or unlike it, and where there are no fields.
    std::array<const JpegPicture*, 2> fields{};
    bool interlaced = false;
    bool second_field_missing = false;
    int height = 0;  ///< Of the frame.

    int width() const { return fields[0]->width; }
    int field_count() const { return interlaced ? 2 : 1; }
    /// Whether there is nothing to show yet: no scan is complete, or the JPEG holds nothing but tables.
    bool empty() const { return fields[0] == nullptr || fields[0]->components.empty(); }
    /// libjpeg's words for the first damage; nothing where there is none.
    JPEGDEBLOCK_API std::optional<std::string> damage() const;
    /// As damage(), for what is irregular but loses nothing.
    JPEGDEBLOCK_API std::optional<std::string> note() const;
};

/// Whether a JPEG of that size is a field of a frame of the size that a container announces: GStreamer's
/// rule (jpegdec). The JPEGs of the fields may be a part of a block higher than the field.
JPEGDEBLOCK_API bool is_field_of_frame(int width, int height, int frame_width, int frame_height);

/// Reads the JPEGs of one stream, frame by frame. Not thread safe.
class JpegFrameReader {
  public:
    /// Reads the JPEG in `bytes`; one that holds nothing but tables gives an empty() frame, and the tables
    /// are kept for those to come. announced_width, announced_height: what the container says of the frame, 0
    /// where it says nothing; where that is twice as high as the JPEG, `bytes` holds the two fields of a
    /// frame. The result is valid until the next read. Errors: as JpegReader::read.
    JPEGDEBLOCK_API const JpegFrame& read(std::span<const std::uint8_t> bytes, int announced_width = 0,
                                          int announced_height = 0);

    /// As read(), of a JPEG that comes in pieces: the first one gives up any JPEG before, the last one ends
    /// it. The result is empty() as long as no scan is complete.
    JPEGDEBLOCK_API const JpegFrame& read_piece(std::span<const std::uint8_t> bytes, bool first, bool last);

    /// What was read last.
    const JpegFrame& frame() const { return frame_; }

    /// The most pixels that a JPEG may claim to have; 0: no limit. Checked before there is memory for them,
    /// so far as JpegReader::set_most_samples can; the Error of one that has more is kTooLarge.
    JPEGDEBLOCK_API void set_most_pixels(std::uint64_t pixels);

    /// Forgets the tables that JPEGs without a picture have given for those to come (a new stream).
    JPEGDEBLOCK_API void forget_tables();

  private:
    void take(const JpegPicture* picture);
    void read_second_field(std::span<const std::uint8_t> rest);

    std::uint64_t most_pixels_ = 0;
    std::array<JpegReader, 2> readers_;
    JpegFrame frame_;
};

/// Finds where JPEGs begin and end in a stream of bytes that arrives in pieces (ITU-T T.81, annex B). Looks
/// at each byte once and skips application segments and comments by their length, so that pictures within
/// them (EXIF's thumbnails) do not count. Within the others a JPEG that begins ends the one before, which was
/// cut off there.
class JpegStream {
  public:
    /// What a frame header (SOF) says.
    struct FrameHeader {
        int width = 0;
        int height = 0;
    };

    struct Found {
        std::size_t skip = 0;   ///< Bytes at the start that belong to no JPEG.
        std::size_t take = 0;   ///< Bytes after them that belong to the JPEG.
        bool complete = false;  ///< With them the JPEG is whole. The bytes after them are to be given again.
        /// With them, the marker after it included, a scan of a progressive JPEG (SOF2) is whole that is not
        /// the last. The bytes after them are to be given again.
        bool scan_complete = false;
        /// What the JPEG has shown of itself up to the bytes taken.
        std::optional<FrameHeader> header;
        bool has_scan = false;
    };

    /// Looks at the next bytes of the stream. What is neither skipped nor taken is to be given
    /// again with more after it, which is the last byte at least, and four at most, unless a JPEG or scan is
    /// complete.
    JPEGDEBLOCK_API Found look(std::span<const std::uint8_t> bytes);

    /// Whether a JPEG has begun and not ended.
    bool inside() const { return state_ != State::kOutside; }

    /// A JPEG that has no end must end somewhere: it counts as complete once it is longer than
    /// kMostBytesBeside and kMostBytesPerPixel for each pixel that its header claims, of one that claims more
    /// than `pixels` (0: no limit) than kMostBytesBeside. Holds until it is set again.
    void set_most_pixels(std::uint64_t pixels) { most_pixels_ = pixels; }
    static constexpr std::uint64_t kMostBytesBeside = std::uint64_t{64} << 20;
    static constexpr std::uint64_t kMostBytesPerPixel = 8;

    /// Forgets the JPEG under way.
    void reset() {
        const std::uint64_t most_pixels = most_pixels_;
        *this = {};
        most_pixels_ = most_pixels;
    }

  private:
    enum class State { kOutside, kMarker, kCode, kLengthHigh, kLengthLow, kSegment, kEntropyCoded };

    /// The end of the JPEG, or of a scan, in which case scan_ended_ is set. Looks at the bytes from
    /// `position` on, which is then that of the first one that it did not look at.
    std::optional<std::size_t> find_end(std::span<const std::uint8_t> bytes, std::size_t& position);
    void take_code(std::uint8_t code);
    std::optional<FrameHeader> header() const;
    std::uint64_t most_bytes() const;

    std::uint64_t most_pixels_ = JpegReader::kDefaultMostSamples;
    std::uint64_t taken_ = 0;  ///< Bytes of the JPEG under way.
    State state_ = State::kOutside;
    bool entropy_coded_ = false;  ///< What follows the marker or segment under way.
    bool progressive_ = false;    ///< The JPEG under way.
    bool scan_ended_ = false;
    bool may_hold_pictures_ = false;  ///< The segment under way.
    std::size_t length_ = 0;          ///< Of the segment under way, what is still to come.
    /// Bytes of a frame header's segment that have come: sample precision, height, width.
    std::array<std::uint8_t, 5> header_{};
    std::size_t header_bytes_ = 0;
    bool in_header_ = false;
    bool has_scan_ = false;
};

/// Where the first JPEG in the bytes starts.
JPEGDEBLOCK_API std::optional<std::size_t> find_start_of_image(std::span<const std::uint8_t> bytes);

/// The bytes from the first JPEG on, without it if it holds no picture and is not meant to: a lone start, or
/// a start and an end with no more than tables between them (ITU-T T.81, B.5). Empty if there is nothing
/// else; all of them if they hold no JPEG at all.
JPEGDEBLOCK_API std::span<const std::uint8_t> without_empty_jpeg(std::span<const std::uint8_t> bytes);

/// Reads a whole file. Errors: kNotFound, kUnreadable; both name the path.
JPEGDEBLOCK_API std::vector<std::uint8_t> read_file(const std::string& path);

}  // namespace jpegdeblock
