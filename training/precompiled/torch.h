// SPDX-License-Identifier: LGPL-2.1-or-later
// Compiled once for each target: LibTorch's headers take several times as long to read as what includes them.
#ifdef __cplusplus
#include <torch/torch.h>
#endif
