// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <type_traits>

#include "failure.h"

namespace jpegdeblock_plugin {

template <auto vfunc>
struct Barrier;

template <typename Result, typename Object, typename... Arguments, Result (*vfunc)(Object*, Arguments...)>
struct Barrier<vfunc> {
    static_assert(std::is_void_v<Result> || std::is_pointer_v<Result> || std::is_same_v<Result, gboolean> ||
                  std::is_same_v<Result, GstFlowReturn>);

    static Result call(Object* element, Arguments... arguments) noexcept {
        try {
            return vfunc(element, arguments...);
        } catch (...) {
            post_error(GST_ELEMENT(element), describe_current_exception(Stage::kRunning, {}));
        }
        if constexpr (std::is_same_v<Result, GstFlowReturn>) {
            return GST_FLOW_ERROR;
        } else if constexpr (!std::is_void_v<Result>) {
            return Result();
        }
    }
};

/// A vfunc of an element as C code may call it: no exception leaves. One becomes an error message of the
/// element, and GST_FLOW_ERROR, FALSE or a null pointer. Every vfunc is put into its class by way of this,
/// but for finalize: destructors throw nothing, and the element could no longer post.
///
///     transform_class->start = barrier<start>;
///
/// What the vfunc was given to own and has not yet passed on is lost then, unless it sees to that itself.
template <auto vfunc>
inline constexpr auto barrier = &Barrier<vfunc>::call;

}  // namespace jpegdeblock_plugin
