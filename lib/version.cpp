// SPDX-License-Identifier: LGPL-2.1-or-later
#include <jpegdeblock/version.h>

namespace jpegdeblock {

const char* version() noexcept {
    return JPEGDEBLOCK_VERSION;
}

int version_number() noexcept {
    return JPEGDEBLOCK_VERSION_NUMBER;
}

}  // namespace jpegdeblock
