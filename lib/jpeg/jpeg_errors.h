// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdio>

#include <jpeglib.h>

#include <jerror.h>

namespace jpegdeblock {

/// Catches libjpeg's fatal errors, which it reports by a callback that must not return, and tells its
/// warnings apart: damage, and what is irregular but costs nothing of the picture. Nothing is ever printed.
struct JpegErrors {
    jpeg_error_mgr manager;  ///< For the `err` of a compress or decompress struct. First member: see below.
    std::jmp_buf escape;
    char message[JMSG_LENGTH_MAX] = "";
    bool ended_early = false;           ///< The end of the data came before that of the picture.
    int damages = 0;                    ///< Warnings that some of the picture's data are wrong or missing.
    int wrong = 0;                      ///< Those of them that are not just the end of a scan's data.
    char damage[JMSG_LENGTH_MAX] = "";  ///< The first of the damages.
    char note[JMSG_LENGTH_MAX] = "";    ///< The first of the other warnings.

    JpegErrors() {
        jpeg_std_error(&manager);
        // libjpeg hands back the manager's address, which is that of the JpegErrors that holds it.
        manager.error_exit = [](j_common_ptr codec) {
            auto* errors = reinterpret_cast<JpegErrors*>(codec->err);
            errors->manager.format_message(codec, errors->message);
            std::longjmp(errors->escape, 1);
        };
        manager.emit_message = [](j_common_ptr codec, int level) {
            if (level < 0) reinterpret_cast<JpegErrors*>(codec->err)->note_warning(codec);
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

  private:
    void note_warning(j_common_ptr codec) {
        ++manager.num_warnings;
        switch (manager.msg_code) {
            case JWRN_ADOBE_XFORM:
            case JWRN_JFIF_MAJOR:
            case JWRN_BOGUS_ICC:
            case JWRN_NOT_SEQUENTIAL:   // A scan of a sequential JPEG holds all coefficients, whatever it
                                        // says.
            case JWRN_EXTRANEOUS_DATA:  // What a marker follows has been read in full.
                note_harmless(codec);
                return;
            case JWRN_JPEG_EOF:
                // Many cameras leave out the end marker. Where it cuts data off, another warning follows.
                ended_early = true;
                note_harmless(codec);
                return;
            default:
                break;
        }
        if (manager.msg_code != JWRN_HIT_MARKER) ++wrong;
        if (damages++ == 0) manager.format_message(codec, damage);
    }

    void note_harmless(j_common_ptr codec) {
        if (note[0] == '\0') manager.format_message(codec, note);
    }
};

}  // namespace jpegdeblock
