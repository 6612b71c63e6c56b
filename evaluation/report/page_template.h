// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace jpegdeblock {

extern const char kPageTemplate[];  ///< page.html, with {{data}} where the data belong.

}  // namespace jpegdeblock
