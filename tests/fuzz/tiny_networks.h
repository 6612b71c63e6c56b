// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>

#include <jpegdeblock/model.h>

namespace jpegdeblock::fuzz {

/// Networks of a few weights, made once: 0..4 a grid, one with int8, a temporal one, a blind one, a grid of
/// large weights.
std::shared_ptr<const Model> tiny_network(int number);
constexpr int kTinyNetworks = 5;

}  // namespace jpegdeblock::fuzz
