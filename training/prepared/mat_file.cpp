// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepared/mat_file.h"

#include <jpegdeblock/error.h>
#include <matio.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>

namespace jpegdeblock::training {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
    void operator()(mat_t* file) const { Mat_Close(file); }
};
using File = std::unique_ptr<mat_t, CloseFile>;

struct FreeVariable {
    void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};
using Variable = std::unique_ptr<matvar_t, FreeVariable>;

Error unwritable(const std::string& path, int reason) {
    std::error_code ignored;
    const auto free_bytes = fs::space(fs::path(path).parent_path(), ignored).available;
    return Error(ErrorCode::kUnwritable,
                 "cannot write '" + path +
                     "': " + (reason != 0 ? std::strerror(reason) : "it does not read back as written") +
                     " (" + std::to_string(ignored ? 0 : free_bytes / 1'000'000) +
                     " MB are free there; make room and run again, complete files are kept)");
}

Error invalid(const std::string& path, const std::string& problem) {
    return Error(ErrorCode::kInvalidFile, "MAT file '" + path + "': " + problem);
}

/// Removes the file unless it was renamed away.
class PartialFile {
  public:
    explicit PartialFile(std::string path) : path_(std::move(path)) {}
    ~PartialFile() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

File create(const std::string& path) {
    // matio formats the header's date with ctime(), which is not thread safe.
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    return File(Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5));
}

bool write_matrix(mat_t* file, const std::string& name, const MatMatrix& matrix, bool compress) {
    std::size_t size[2] = {matrix.rows, matrix.columns};
    const Variable variable(Mat_VarCreate(name.c_str(), MAT_C_DOUBLE, MAT_T_DOUBLE, 2, size,
                                          const_cast<double*>(matrix.values.data()), MAT_F_DONT_COPY_DATA));
    return variable != nullptr &&
           Mat_VarWrite(file, variable.get(), compress ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE) == 0;
}

bool write_text(mat_t* file, const MatText& text) {
    std::size_t size[2] = {1, text.text.size()};
    const Variable variable(Mat_VarCreate(text.name.c_str(), MAT_C_CHAR, MAT_T_UTF8, 2, size,
                                          const_cast<char*>(text.text.data()), MAT_F_DONT_COPY_DATA));
    return variable != nullptr && Mat_VarWrite(file, variable.get(), MAT_COMPRESSION_NONE) == 0;
}

/// Throws unless the elements of the file fill it exactly: matio gives whatever memory holds for what a
/// truncated file lacks. MAT-File Format (The MathWorks), Level 5: a header of 128 bytes, then elements of a
/// tag (type and number of bytes, 32 bits each) and so many bytes.
void check_whole(const std::string& path) {
    constexpr std::uint64_t kHeaderBytes = 128, kTagBytes = 8;
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    if (error == std::errc::no_such_file_or_directory)
        throw Error(ErrorCode::kNotFound, "there is no file '" + path + "'");
    std::ifstream file(path, std::ios::binary);
    if (error || !file) throw Error(ErrorCode::kUnreadable, "cannot read '" + path + "'");
    char header[kHeaderBytes];
    if (!file.read(header, kHeaderBytes) || std::strncmp(header, "MATLAB 5.0", 10) != 0 ||
        std::strncmp(header + 126, "IM", 2) != 0)
        throw invalid(path, "it is no MAT file of level 5, little-endian (MATLAB's 'save -v7')");
    std::uint64_t at = kHeaderBytes;
    while (at < size) {
        std::uint32_t tag[2];
        file.seekg(static_cast<std::streamoff>(at));
        if (!file.read(reinterpret_cast<char*>(tag), kTagBytes)) break;
        at += kTagBytes + tag[1];
    }
    if (at != size) throw invalid(path, "it ends early");
}

File open(const std::string& path) {
    check_whole(path);
    File file(Mat_Open(path.c_str(), MAT_ACC_RDONLY));
    if (!file) throw invalid(path, "it cannot be opened, or it is damaged");
    return file;
}

/// Whether so small a file can hold so many values: zlib makes 1032 bytes of one at most, and MATLAB stores
/// doubles that are small integers as bytes. matio asks for all memory first.
bool can_hold(const std::string& path, std::size_t values) {
    constexpr std::uint64_t kMostPerByte = 1032;
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    return !error && values / kMostPerByte <= size;
}

/// The variable without its values, checked to be a matrix of numbers that fits memory.
Variable matrix_info(mat_t* file, const std::string& path, const std::string& name) {
    constexpr std::size_t kMostElements = std::size_t{1} << 28;  // 2 GiB of doubles: MAT 5's own limit.
    Variable variable(Mat_VarReadInfo(file, name.c_str()));
    if (!variable) throw invalid(path, "it has no variable '" + name + "', or it is damaged");
    if (variable->class_type != MAT_C_DOUBLE && variable->class_type != MAT_C_SINGLE)
        throw invalid(path, "variable '" + name + "' does not hold doubles");
    if (variable->rank != 2 || variable->isComplex != 0)
        throw invalid(path, "variable '" + name + "' is no real matrix");
    const std::size_t rows = variable->dims[0], columns = variable->dims[1];
    if (rows == 0 || columns == 0 || rows > kMostElements / columns || !can_hold(path, rows * columns))
        throw invalid(path, "variable '" + name + "' has a size of " + std::to_string(rows) + "x" +
                                std::to_string(columns));
    return variable;
}

/// matio does not look at the result of every write: only reading back shows that a disk was full.
bool reads_back(const std::string& path, const std::string& name, const MatMatrix& matrix,
                const std::vector<MatText>& texts) {
    try {
        bool equal = read_mat_matrix(path, name) == matrix;
        for (const MatText& text : texts) equal = equal && read_mat_text(path, text.name) == text.text;
        return equal;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

void write_mat(const std::string& path, const std::string& name, const MatMatrix& matrix,
               const std::vector<MatText>& texts, bool compress) {
    const PartialFile part(path + ".part");
    errno = 0;
    File file = create(part.path());
    if (!file) throw unwritable(path, errno);
    bool written = write_matrix(file.get(), name, matrix, compress);
    for (const MatText& text : texts) written = written && write_text(file.get(), text);
    written = Mat_Close(file.release()) == 0 && written;
    const int reason = errno;
    if (!written) throw unwritable(path, reason);
    if (!reads_back(part.path(), name, matrix, texts)) throw unwritable(path, reason);
    std::error_code error;
    fs::rename(part.path(), path, error);
    if (error) throw unwritable(path, error.value());
}

MatMatrix read_mat_matrix(const std::string& path, const std::string& name) {
    const File file = open(path);
    const Variable variable = matrix_info(file.get(), path, name);
    if (Mat_VarReadDataAll(file.get(), variable.get()) != 0 || variable->data == nullptr)
        throw invalid(path, "the values of variable '" + name + "' cannot be read");
    MatMatrix matrix{variable->dims[0], variable->dims[1], {}};
    const std::size_t count = matrix.rows * matrix.columns;
    if (variable->nbytes < count * static_cast<std::size_t>(variable->data_size))
        throw invalid(path, "the values of variable '" + name + "' end early");
    if (variable->data_type == MAT_T_DOUBLE) {
        const auto* values = static_cast<const double*>(variable->data);
        matrix.values.assign(values, values + count);
    } else if (variable->data_type == MAT_T_SINGLE) {
        const auto* values = static_cast<const float*>(variable->data);
        matrix.values.assign(values, values + count);
    } else {
        throw invalid(path, "the values of variable '" + name + "' are no doubles");
    }
    return matrix;
}

MatSize read_mat_size(const std::string& path, const std::string& name) {
    const File file = open(path);
    const Variable variable = matrix_info(file.get(), path, name);
    return {variable->dims[0], variable->dims[1]};
}

std::optional<std::string> read_mat_text(const std::string& path, const std::string& name) {
    const File file = open(path);
    const Variable variable(Mat_VarReadInfo(file.get(), name.c_str()));
    if (!variable) return std::nullopt;
    if (variable->class_type != MAT_C_CHAR || variable->rank != 2)
        throw invalid(path, "variable '" + name + "' is no text");
    constexpr std::size_t kLongest = 65536;
    const std::size_t rows = variable->dims[0], columns = variable->dims[1];
    if (columns != 0 && rows > kLongest / columns) throw invalid(path, "the text '" + name + "' is too long");
    const std::size_t count = rows * columns;
    if (count != 0 && Mat_VarReadDataAll(file.get(), variable.get()) != 0)
        throw invalid(path, "the text '" + name + "' cannot be read");
    const auto width = static_cast<std::size_t>(variable->data_size);
    if (count == 0) return std::string();
    if (variable->data == nullptr || (width != 1 && width != 2) || variable->nbytes < count * width)
        throw invalid(path, "the text '" + name + "' cannot be read");
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        // MATLAB stores 16-bit characters; the texts read here are ASCII.
        text += width == 1 ? static_cast<const char*>(variable->data)[i]
                           : static_cast<char>(static_cast<const std::uint16_t*>(variable->data)[i]);
    return text;
}

bool can_compress_mat(const std::string& folder) {
    const MatMatrix sample{1, 2, {0.25, 0.5}};
    const std::string path = (fs::path(folder) / "compression.mat").string();
    const PartialFile removed(path);
    write_mat(path, "x", sample, {}, false);
    try {
        write_mat(path, "x", sample, {}, true);
    } catch (const Error&) {
        return false;
    }
    return true;
}

}  // namespace jpegdeblock::training
