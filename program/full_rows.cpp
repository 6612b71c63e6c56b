// SPDX-License-Identifier: LGPL-2.1-or-later
#include "full_rows.h"

#include <algorithm>

namespace jpegdeblock {
namespace {

const std::uint8_t* row_of(const Samples& samples, int y) {
    return samples.data + y * samples.stride;
}

std::uint8_t clamped(int value) {
    return static_cast<std::uint8_t>(std::clamp(value, 0, 255));
}

/// sums: 4 times the values of the columns of halved chroma. Rounds alternately, as libjpeg does (h2v2,
/// h2v1).
void widen(const std::vector<int>& sums, int width, bool halved_rows, std::vector<std::uint8_t>& full) {
    const int even = halved_rows ? 8 : 4, odd = halved_rows ? 7 : 8;
    const int columns = static_cast<int>(sums.size());
    full.resize(static_cast<std::size_t>(width));
    for (int x = 0; x < width; ++x) {
        const int nearest = x / 2;
        const int other = std::clamp(x % 2 == 0 ? nearest - 1 : nearest + 1, 0, columns - 1);
        const int sum = 3 * sums[static_cast<std::size_t>(nearest)] + sums[static_cast<std::size_t>(other)];
        full[static_cast<std::size_t>(x)] = static_cast<std::uint8_t>((sum + (x % 2 == 0 ? even : odd)) >> 4);
    }
}

}  // namespace

void FullRows::add(const Picture& band) {
    if (band.components[1].data != nullptr && !band.is_rgb) return add_color(band);
    for (int y = 0; y < band.components[0].height; ++y) take_(row_of(band.components[0], y));
}

void FullRows::add_color(const Picture& band) {
    const Samples &luma = band.components[0], &chroma = band.components[1];
    // A last band of one row has as many of chroma: the bands before it tell.
    const bool halved_columns = chroma.width < luma.width;
    const bool halved_rows = halved_rows_ || chroma.height < luma.height;
    const auto rows = [&](int y) -> std::array<const std::uint8_t*, 2> {
        return {row_of(band.components[1], y), row_of(band.components[2], y)};
    };
    halved_rows_ = halved_rows;
    if (!halved_rows) {
        for (int y = 0; y < luma.height; ++y)
            write(row_of(luma, y), luma.width, halved_columns, rows(y), rows(y));
        return;
    }
    const bool has_last = !pending_.empty();
    const std::array<const std::uint8_t*, 2> last = {last_[0].data(), last_[1].data()};
    if (has_last) write(pending_.data(), luma.width, halved_columns, last, rows(0));
    pending_.clear();
    for (int y = 0; y < luma.height; ++y) {
        const int nearest = y / 2, other = y % 2 == 0 ? nearest - 1 : nearest + 1;
        if (other >= chroma.height) {
            pending_.assign(row_of(luma, y), row_of(luma, y) + luma.width);
            break;
        }
        write(row_of(luma, y), luma.width, halved_columns, rows(nearest),
              other >= 0 ? rows(other)
              : has_last ? last
                         : rows(nearest));
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const std::uint8_t* row = rows(chroma.height - 1)[i];
        last_[i].assign(row, row + chroma.width);
    }
}

void FullRows::finish() {
    if (pending_.empty()) return;
    const std::array<const std::uint8_t*, 2> last = {last_[0].data(), last_[1].data()};
    write(pending_.data(), static_cast<int>(pending_.size()), last_[0].size() < pending_.size(), last, last);
    pending_.clear();
}

void FullRows::write(const std::uint8_t* luma, int width, bool halved_columns,
                     const std::array<const std::uint8_t*, 2>& nearest,
                     const std::array<const std::uint8_t*, 2>& neighbour) {
    std::array<const std::uint8_t*, 2> chroma = nearest;
    if (halved_columns) {
        for (std::size_t i = 0; i < 2; ++i) {
            sums_[i].resize(static_cast<std::size_t>((width + 1) / 2));
            for (std::size_t x = 0; x < sums_[i].size(); ++x)
                sums_[i][x] = 3 * nearest[i][x] + neighbour[i][x];
            widen(sums_[i], width, halved_rows_, full_[i]);
            chroma[i] = full_[i].data();
        }
    }
    row_.resize(3 * static_cast<std::size_t>(width));
    for (int x = 0; x < width; ++x) {
        std::uint8_t* pixel = row_.data() + 3 * static_cast<std::ptrdiff_t>(x);
        if (!rgb_) {
            pixel[0] = luma[x];
            pixel[1] = chroma[0][x];
            pixel[2] = chroma[1][x];
            continue;
        }
        // In 16 bits of fraction, as libjpeg.
        const int cb = chroma[0][x] - 128, cr = chroma[1][x] - 128;
        pixel[0] = clamped(luma[x] + ((91881 * cr + 32768) >> 16));
        pixel[1] = clamped(luma[x] + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        pixel[2] = clamped(luma[x] + ((116130 * cb + 32768) >> 16));
    }
    take_(row_.data());
}

}  // namespace jpegdeblock
