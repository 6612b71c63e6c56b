// SPDX-License-Identifier: LGPL-2.1-or-later
// Compiled once: the program's options and LibTorch's headers take longer to read than all else in a command.
#ifdef __cplusplus
#include <torch/torch.h>
#include <CLI/CLI.hpp>
#endif
