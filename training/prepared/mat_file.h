// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace jpegdeblock::training {

/// A real matrix as MATLAB holds it: column after column.
struct MatMatrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values;  ///< Element (row, column) at column * rows + row.

    double& at(std::size_t row, std::size_t column) { return values[column * rows + row]; }
    double at(std::size_t row, std::size_t column) const { return values[column * rows + row]; }
    bool operator==(const MatMatrix&) const = default;
};

struct MatSize {
    std::size_t rows = 0;
    std::size_t columns = 0;
    bool operator==(const MatSize&) const = default;
};

/// A text variable.
struct MatText {
    std::string name;
    std::string text;
};

/// Writes a MAT 5 file of doubles: the matrix as variable `name` (the first, which is what MATLAB's readers
/// of one variable take), then the texts. compress: with zlib. Writes beside `path`, reads back, and renames,
/// so that `path` is never a part of a file. Throws Error(kUnwritable) with the reason, a full disk above
/// all; nothing is left behind then.
void write_mat(const std::string& path, const std::string& name, const MatMatrix& matrix,
               const std::vector<MatText>& texts, bool compress);

/// Reads a real, two-dimensional matrix of doubles or singles. Throws Error(kNotFound, kUnreadable) for the
/// file, Error(kInvalidFile) for a damaged one or one without such a variable. Thread safe, as all here.
MatMatrix read_mat_matrix(const std::string& path, const std::string& name);

/// The size of the variable without reading its values. Errors as read_mat_matrix.
MatSize read_mat_size(const std::string& path, const std::string& name);

/// The text variable `name`, if there is one. Errors as read_mat_matrix.
std::optional<std::string> read_mat_text(const std::string& path, const std::string& name);

/// Whether the MAT library can compress, found out with a small file in `folder`.
/// Throws Error(kUnwritable) when that cannot be written.
bool can_compress_mat(const std::string& folder);

}  // namespace jpegdeblock::training
