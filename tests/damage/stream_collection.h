// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "damaged_streams.h"

// What the kinds of damage are made with, and the kinds.

namespace jpegdeblock_test {

/// A way to write JPEGs.
struct Flavour {
    std::string name;
    jpegdeblock::test::JpegRecipe recipe;
};

/// The usual recipe, changed.
jpegdeblock::test::JpegRecipe recipe_of(const std::function<void(jpegdeblock::test::JpegRecipe&)>& change);

extern const Flavour kBaseline, kRestarts, kProgressive, kArithmetic, kScanEach;

constexpr int kBefore = 3, kAfter = 3;  ///< Whole JPEGs.

using Change = std::function<Bytes(const Bytes&)>;

/// Collects the streams.
class Streams {
  public:
    std::vector<DamagedStream> all;

    /// The packets stand in the middle; `whole` of their JPEGs are so.
    void add(const std::string& group, const std::string& name, const Flavour& flavour,
             const std::vector<Bytes>& packets, const std::vector<Bytes>& whole = {});

    /// One JPEG is changed.
    void change(const std::string& group, const std::string& name, const Flavour& flavour,
                const Change& change);

    /// The JPEG that takes the place of the first after those before; which = 1: of the second.
    static Bytes jpeg(const Flavour& flavour, int which = 0);
};

extern const Bytes kStartOfImage, kEndOfImage;

Bytes replaced(const Bytes& jpeg, const JpegPart& part, const Bytes& by);
Bytes copy_of(const Bytes& jpeg, const JpegPart& part);

/// Bytes at a position within the named part are exchanged.
Change set_in(const std::string& part, std::size_t offset, const std::vector<int>& values);
Change remove(const std::string& part);
Change insert_before(const std::string& part, const Bytes& bytes, std::size_t offset = 0);

std::string percent(int share);

void add_truncations(Streams& streams);
void add_bit_flips(Streams& streams);
void add_lengths(Streams& streams);
void add_packet_losses(Streams& streams);
void add_garbage(Streams& streams);
void add_markers(Streams& streams);
void add_thumbnails(Streams& streams);
void add_tables(Streams& streams);
void add_headers(Streams& streams);
void add_restarts(Streams& streams);
/// Of size, colours or coding.
void add_changes(Streams& streams);
/// Two in a buffer.
void add_fields(Streams& streams);

}  // namespace jpegdeblock_test
