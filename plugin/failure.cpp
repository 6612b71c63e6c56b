// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failure.h"

#include <jpegdeblock/error.h>
#include <new>

namespace jpegdeblock_plugin {
namespace {

using jpegdeblock::ErrorCode;

Failure describe(ErrorCode code, Stage stage) {
    switch (code) {
        case ErrorCode::kNotFound:
            return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND, {}, {}};
        case ErrorCode::kUnreadable:
            return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ, {}, {}};
        case ErrorCode::kUnwritable:
            return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE, {}, {}};
        case ErrorCode::kInvalidFile:
            return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, {}, {}};
        case ErrorCode::kInvalidArgument:
            return {GST_LIBRARY_ERROR, GST_LIBRARY_ERROR_SETTINGS, {}, {}};
        case ErrorCode::kUnsupported:
        case ErrorCode::kEngine:
        case ErrorCode::kTooLarge:
            break;
    }
    return {GST_LIBRARY_ERROR,
            stage == Stage::kStarting ? GST_LIBRARY_ERROR_INIT : GST_LIBRARY_ERROR_FAILED,
            {},
            {}};
}

void post(GstElement* element, GstMessageType type, const Failure& failure) {
    gst_element_message_full(element, type, failure.domain, failure.code, g_strdup(failure.text.c_str()),
                             g_strdup(failure.debug.c_str()), __FILE__, GST_FUNCTION, __LINE__);
}

}  // namespace

Failure out_of_memory() noexcept {
    // So short that std::string keeps it within itself.
    return {GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NO_SPACE_LEFT, "Out of memory.", {}};
}

Failure describe_current_exception(Stage stage, const std::string& advice) noexcept {
    try {
        Failure failure = describe(ErrorCode::kEngine, stage);
        try {
            throw;
        } catch (const jpegdeblock::Error& error) {
            failure = describe(error.code(), stage);
            failure.text = error.what();
        } catch (const std::bad_alloc&) {
            failure = out_of_memory();
        } catch (const std::exception& error) {
            failure.text = std::string("The restoration failed: ") + error.what() + ".";
        } catch (...) {
            failure.text = "The restoration failed for an unknown reason.";
        }
        failure.debug = advice;
        return failure;
    } catch (...) {
        return out_of_memory();
    }
}

void post_error(GstElement* element, const Failure& failure) {
    post(element, GST_MESSAGE_ERROR, failure);
}

void post_warning(GstElement* element, const Failure& failure) {
    post(element, GST_MESSAGE_WARNING, failure);
}

}  // namespace jpegdeblock_plugin
