// SPDX-License-Identifier: LGPL-2.1-or-later
// Compiled once: reading these takes longer than all else in a test.
#ifdef __cplusplus
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>
#endif
