// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <jpegdeblock/export.h>
#include <jpegdeblock/plane.h>
#include <jpegdeblock/progressive.h>
#include <jpegdeblock/quantization.h>

namespace jpegdeblock {

class Workers;

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

/// Reconstructs the samples of a component, bit for bit as libjpeg-turbo's islow inverse DCT does (for
/// coefficients that an encoder could have written), without upsampling. Where scans are missing yet, from
/// each coefficient's expected value (see expected_coefficient), low ones of which nothing is known but 0
/// from what the means of the blocks around suggest. samples: the top left part of the component that is
/// wanted; at most 8 * blocks_wide x 8 * blocks_high, else Error(kInvalidArgument).
JPEGDEBLOCK_API void decode_component(const JpegComponent& component, Plane samples);

/// As above, only the rows of blocks first_block_row .. last_block_row-1. Thread safe for distinct rows.
JPEGDEBLOCK_API void decode_component(const JpegComponent& component, int first_block_row, int last_block_row,
                                      Plane samples);

/// As the first, by these workers (see make_workers).
JPEGDEBLOCK_API void decode_component(const JpegComponent& component, Plane samples, Workers& workers);

}  // namespace jpegdeblock
