// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>

#include <oneapi/dnnl/dnnl.hpp>

#include <jpegdeblock/error.h>

namespace jpegdeblock {

/// The one CPU engine of the process.
inline const dnnl::engine& cpu_engine() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

/// Calls `function` and turns oneDNN's exceptions into Error(kEngine): "Cannot `purpose`: reason."
template <typename Function>
auto with_onednn(const std::string& purpose, Function&& function) {
    try {
        return std::forward<Function>(function)();
    } catch (const dnnl::error& error) {
        throw Error(ErrorCode::kEngine, "Cannot " + purpose + ": oneDNN says \"" + error.what() + "\".");
    }
}

}  // namespace jpegdeblock
