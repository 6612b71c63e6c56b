// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/coefficient_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include <jerror.h>
#include <jpegdeblock/error.h>

#include "model/file_descriptor.h"

namespace jpegdeblock {
namespace {

/// Bytes of an array that libjpeg may have passed over before they are given back.
constexpr std::size_t kResident = std::size_t{16} << 20;

std::size_t page() {
    static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

std::size_t round_up(std::size_t value, std::size_t unit) {
    return (value + unit - 1) / unit * unit;
}

/// As libjpeg's coefficient controller asks for it (jdcoefct.c).
std::size_t bytes_of(const jpeg_component_info& component) {
    const std::size_t blocks =
        round_up(component.width_in_blocks, static_cast<std::size_t>(component.h_samp_factor)) *
        round_up(component.height_in_blocks, static_cast<std::size_t>(component.v_samp_factor));
    return round_up(blocks * sizeof(JBLOCK), page());
}

Error unwritable(const std::string& folder, std::uint64_t bytes, int reason) {
    return Error(ErrorCode::kUnwritable, "Cannot keep " + std::to_string(bytes >> 20) +
                                             " MB of coefficients in a file in '" + folder +
                                             "': " + std::strerror(reason) +
                                             "; name another folder in the environment's TMPDIR.");
}

int open_unnamed(const std::string& folder) {
    const int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return descriptor;
    std::string name = folder + "/jpegdeblock-XXXXXX";
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(name.c_str());
    return named;
}

}  // namespace

std::uint64_t CoefficientFile::bytes_for(const jpeg_decompress_struct& codec) {
    std::uint64_t bytes = 0;
    for (int i = 0; i < codec.num_components; ++i) bytes += bytes_of(codec.comp_info[i]);
    return bytes;
}

CoefficientFile::CoefficientFile(const jpeg_decompress_struct& codec, const std::string& folder)
    : size_(bytes_for(codec)) {
    const FileDescriptor file(open_unnamed(folder));
    if (file.get() < 0) throw unwritable(folder, size_, errno);
    // A full disk must be found out now: later it would end the process with SIGBUS.
    const int reason = ::posix_fallocate(file.get(), 0, static_cast<off_t>(size_));
    if (reason != 0) throw unwritable(folder, size_, reason);
    void* memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) throw unwritable(folder, size_, errno);
    memory_ = static_cast<std::byte*>(memory);
}

CoefficientFile::~CoefficientFile() {
    ::munmap(memory_, size_);
}

void CoefficientFile::serve(jpeg_decompress_struct& codec) {
    static_cast<CoefficientUser*>(codec.progress)->file = this;
    codec.mem->request_virt_barray = &request;
    codec.mem->access_virt_barray = &access;
}

void CoefficientFile::release_memory() {
    release(memory_, memory_ + size_);
}

CoefficientFile& CoefficientFile::file_of(j_common_ptr codec) {
    return *static_cast<CoefficientUser*>(codec->progress)->file;
}

// libjpeg calls the following two, through which nothing may be thrown.

jvirt_barray_ptr CoefficientFile::request(j_common_ptr codec, int, boolean, JDIMENSION blocks_per_row,
                                          JDIMENSION rows, JDIMENSION) {
    CoefficientFile& file = file_of(codec);
    const std::size_t bytes =
        round_up(sizeof(JBLOCK) * blocks_per_row * static_cast<std::size_t>(rows), page());
    Array* array = nullptr;
    if (bytes <= file.size_ - file.used_) {
        try {
            file.arrays_.push_back(std::make_unique<Array>());
            array = file.arrays_.back().get();
            array->row.resize(rows);
        } catch (const std::bad_alloc&) {
            array = nullptr;
        }
    }
    if (!array) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 11);
    array->blocks = reinterpret_cast<JBLOCK*>(file.memory_ + file.used_);
    array->blocks_per_row = blocks_per_row;
    array->rows = rows;
    for (JDIMENSION y = 0; y < rows; ++y)
        array->row[y] = array->blocks + static_cast<std::size_t>(y) * blocks_per_row;
    file.used_ += bytes;
    return reinterpret_cast<jvirt_barray_ptr>(array);
}

JBLOCKARRAY CoefficientFile::access(j_common_ptr codec, jvirt_barray_ptr virtual_array, JDIMENSION first,
                                    JDIMENSION rows, boolean) {
    auto* array = reinterpret_cast<Array*>(virtual_array);
    if (first + rows > array->rows) ERREXIT(codec, JERR_BAD_VIRTUAL_ACCESS);
    if (first < array->first_resident) array->first_resident = first;
    const std::size_t passed = sizeof(JBLOCK) * array->blocks_per_row * (first - array->first_resident);
    if (passed > kResident) {
        file_of(codec).release(array->row[array->first_resident], array->row[first]);
        array->first_resident = first;
    }
    return array->row.data() + first;
}

void CoefficientFile::release(void* begin, void* end) {
    const auto first = round_up(reinterpret_cast<std::uintptr_t>(begin), page());
    const auto last = reinterpret_cast<std::uintptr_t>(end) / page() * page();
    // Of a shared mapping this only ends the process's own view of the pages; the file keeps them.
    if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

}  // namespace jpegdeblock
