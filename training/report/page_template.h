// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace jpegdeblock::training {

extern const char kPageTemplate[];  ///< page.html, with {{data}} where the data belong.

}  // namespace jpegdeblock::training
