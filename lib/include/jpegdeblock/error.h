// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <stdexcept>
#include <string>

#include <jpegdeblock/export.h>

namespace jpegdeblock {

/// What kind of thing went wrong; lets a caller map an Error to its own error domain.
enum class ErrorCode {
    kNotFound,         ///< A file or a named model does not exist.
    kUnreadable,       ///< A file exists but cannot be opened or read.
    kUnwritable,       ///< A file cannot be written (permissions, full disk).
    kInvalidFile,      ///< A file was read but its content is damaged or not of the expected kind.
    kInvalidArgument,  ///< An argument is outside its documented range.
    kUnsupported,      ///< Well-formed, but this build or this CPU cannot do it.
    kEngine,           ///< The inference back end failed (out of memory, no kernel).
    kTooLarge          ///< Well-formed, but larger than a limit that the caller can set.
};

/// The only exception type the library throws on purpose (std::bad_alloc may also escape).
/// what() is one complete English sentence that names the file or argument, what was found and what
/// was expected.
class JPEGDEBLOCK_API Error : public std::runtime_error {
  public:
    Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    ErrorCode code() const noexcept { return code_; }

  private:
    ErrorCode code_;
};

}  // namespace jpegdeblock
