// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace jpegdeblock {

/// From now on the library's warnings are printed on standard error.
void print_warnings();

}  // namespace jpegdeblock
