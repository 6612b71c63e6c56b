// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

namespace jpegdeblock {

/// Catches libjpeg's fatal errors, which it reports by a callback that must not return. Warnings are ignored
/// and nothing is ever printed.
struct JpegErrors {
    jpeg_error_mgr manager;  ///< For the `err` of a compress or decompress struct. First member: see below.
    std::jmp_buf escape;
    char message[JMSG_LENGTH_MAX] = "";

    JpegErrors() {
        jpeg_std_error(&manager);
        // libjpeg hands back the manager's address, which is that of the JpegErrors that holds it.
        manager.error_exit = [](j_common_ptr codec) {
            auto* errors = reinterpret_cast<JpegErrors*>(codec->err);
            errors->manager.format_message(codec, errors->message);
            std::longjmp(errors->escape, 1);
        };
        manager.emit_message = [](j_common_ptr codec, int level) {
            if (level < 0) ++codec->err->num_warnings;
        };
        manager.output_message = [](j_common_ptr) {};
    }

    /// Runs `calls`; false when libjpeg gave up, with its reason in `message`. longjmp skips destructors,
    /// which is undefined behaviour where there are any to run: `calls` must own nothing that has a
    /// destructor and must throw nothing.
    template <typename Calls>
    bool run(Calls& calls) {
        if (setjmp(escape) != 0) return false;
        calls();
        return true;
    }
};

}  // namespace jpegdeblock
