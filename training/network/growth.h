// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include "model/model.h"

namespace jpegdeblock::training {

/// A network of a larger description that computes the same function as `model`, so that training need not
/// begin anew (after Chen et al., 'Net2Net', ICLR 2016): old channels see nothing of new ones, which have
/// random weights; new layers stand before the last one and pass on what they get. They start to count as
/// training moves the zeros. description: of `model`'s family, scale, conditioning, phase bias, skips and
/// units, with at least its channels, depth and condition_width; temporal where `model` is, or
/// also where it is not: what it computes then does not depend on the history. With skips the layers added
/// must be a multiple of skip_interval, and the last hidden layer of `model` one that a skip ends in.
/// identity_branch: the result is to be trained with one (Network), so new channels of hidden layers start
/// near the identity as well. The result has neither int8 scales nor notes. Errors: kInvalidArgument names
/// what does not fit. Pure.
Model grow(const Model& model, const NetworkDescription& description, std::uint64_t seed,
           bool identity_branch = false);

}  // namespace jpegdeblock::training
