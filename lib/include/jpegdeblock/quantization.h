// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <jpegdeblock/export.h>

namespace jpegdeblock {

/// Steps of the 64 DCT coefficients of a component, in row order: step[8 * v + u] belongs to vertical
/// frequency v and horizontal frequency u. Each 1..65535 (baseline JPEG: 1..255).
/// A default-constructed table has all steps 1.
struct QuantizationTable {
    std::array<std::uint16_t, 64> step;

    QuantizationTable() { step.fill(1); }

    bool operator==(const QuantizationTable&) const = default;
};

/// Position k of the zigzag scan is coefficient kZigzagToRow[k] in row order (ITU-T T.81, figure A.6).
extern JPEGDEBLOCK_API const std::array<std::uint8_t, 64> kZigzagToRow;

/// The luminance table that libjpeg writes for a quality (ITU-T T.81 table K.1 scaled as
/// jpeg_set_quality does, limited to 1..255 as in baseline JPEG).
/// quality: 1 (worst) .. 100. Throws Error(kInvalidArgument) outside of that.
JPEGDEBLOCK_API QuantizationTable ijg_luma_table(int quality);

/// As ijg_luma_table, of the chrominance table (ITU-T T.81 table K.2).
JPEGDEBLOCK_API QuantizationTable ijg_chroma_table(int quality);

/// The mean of the ten lowest-frequency steps (u + v <= 3), in levels. Grid networks give their
/// residual in units of it, so that it has about the same size at every quality.
JPEGDEBLOCK_API float low_frequency_step(const QuantizationTable& table);

/// FNV-1a over the 64 steps: a key for caches (equal tables, equal hashes).
struct QuantizationTableHash {
    JPEGDEBLOCK_API std::size_t operator()(const QuantizationTable& table) const noexcept;
};

}  // namespace jpegdeblock
