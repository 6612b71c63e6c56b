// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <cstdio>

#include <jpeglib.h>

namespace jpegdeblock {

/// The coefficients of a large JPEG in a file without a name, mapped into memory: libjpeg's arrays lie in it
/// in place of memory, and what was written to it or read from it need not stay in memory. Debian's
/// libjpeg-turbo has no temporary files of its own.
class CoefficientFile {
  public:
    /// Room for the arrays that libjpeg will request for the picture whose headers `codec` has read, in a
    /// folder that has so much space. Errors: kUnwritable with the folder and the system's reason.
    CoefficientFile(const jpeg_decompress_struct& codec, const std::string& folder);
    ~CoefficientFile();
    CoefficientFile(const CoefficientFile&) = delete;
    CoefficientFile& operator=(const CoefficientFile&) = delete;

    /// The bytes of these arrays.
    static std::uint64_t bytes_for(const jpeg_decompress_struct& codec);

    /// From now on `codec` requests its arrays of coefficients here. To be called before decoding starts;
    /// this object must outlive the arrays' use. The codec's progress monitor must be a CoefficientUser.
    void serve(jpeg_decompress_struct& codec);

    /// Gives the memory back that mapped coefficients take. They remain valid: they are fetched again.
    void release_memory();

  private:
    struct Array {
        JBLOCK* blocks = nullptr;
        JDIMENSION blocks_per_row = 0;
        JDIMENSION rows = 0;
        JDIMENSION first_resident = 0;  ///< Rows before this one have been given back.
        std::vector<JBLOCKROW> row;     ///< Where each begins.
    };

    static CoefficientFile& file_of(j_common_ptr codec);
    static jvirt_barray_ptr request(j_common_ptr codec, int pool, boolean zero, JDIMENSION blocks_per_row,
                                    JDIMENSION rows, JDIMENSION most_rows);
    static JBLOCKARRAY access(j_common_ptr codec, jvirt_barray_ptr array, JDIMENSION first, JDIMENSION rows,
                              boolean writable);
    void release(void* begin, void* end);

    std::byte* memory_ = nullptr;
    std::size_t size_ = 0;
    std::size_t used_ = 0;
    std::vector<std::unique_ptr<Array>> arrays_;
};

/// What a codec's `progress` must be, so that the file finds itself from libjpeg's callbacks.
struct CoefficientUser : jpeg_progress_mgr {
    CoefficientFile* file = nullptr;
};

}  // namespace jpegdeblock
