// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <jpegdeblock/jpeg.h>

#include "jpeg/reconstruction.h"

namespace jpegdeblock::test {

/// The component's samples as decode_component gives them, rows adjacent.
inline std::vector<std::uint8_t> decoded(const JpegComponent& component) {
    std::vector<std::uint8_t> samples(static_cast<std::size_t>(component.width * component.height));
    decode_component(component, {samples.data(), component.width, component.height, component.width});
    return samples;
}

/// Those of all components.
inline std::vector<std::vector<std::uint8_t>> decoded(const JpegPicture& picture) {
    std::vector<std::vector<std::uint8_t>> components;
    for (const JpegComponent& component : picture.components) components.push_back(decoded(component));
    return components;
}

}  // namespace jpegdeblock::test
