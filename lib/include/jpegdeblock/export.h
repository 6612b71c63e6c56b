// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/// Marks what the shared library exports. All else in it is hidden.
#define JPEGDEBLOCK_API __attribute__((visibility("default")))
