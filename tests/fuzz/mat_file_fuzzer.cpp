// SPDX-License-Identifier: LGPL-2.1-or-later
// MAT files, as they are prepared for training.
#include "prepared/mat_file.h"

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "../support/temporary_folder.h"
#include "memory_file.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("a.mat");
    const training::MatMatrix matrix{3, 5, std::vector<double>(15, 0.25)};
    std::vector<Seed> result;
    for (const bool compress : {false, true}) {
        training::write_mat(path, "Iq", matrix, {{"range", "full"}}, compress);
        result.push_back({compress ? "compressed" : "plain", read_file(path)});
    }
    return result;
}

}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock::training;
    static jpegdeblock::fuzz::MemoryFile file;
    file.set(data, size);
    try {
        read_mat_size(file.path(), "Iq");
        const MatMatrix matrix = read_mat_matrix(file.path(), "Iq");
        jpegdeblock::fuzz::require(matrix.values.size() == matrix.rows * matrix.columns,
                                   "matrices are whole");
    } catch (const jpegdeblock::Error&) {
    }
    try {
        read_mat_text(file.path(), "range");
    } catch (const jpegdeblock::Error&) {
    }
    return 0;
}
