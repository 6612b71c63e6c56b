// SPDX-License-Identifier: LGPL-2.1-or-later
// A module in C++ for programs in other languages, made with what of the library is installed.
#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/model.h>
#include <cstdint>
#include <cstdio>
#include <vector>

/// The errors that it is told of, of three.
extern "C" int count_errors() {
    int errors = 0;
    for (const char* path : {"/there/is/no/such/model.safetensors", "/"}) {
        try {
            jpegdeblock::load_model(path);
        } catch (const jpegdeblock::Error& error) {
            std::printf("%s\n", error.what());
            ++errors;
        }
    }
    try {
        jpegdeblock::JpegReader().read(std::vector<std::uint8_t>{0xff, 0xd8, 0xff, 0xd9});
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
        ++errors;
    }
    return errors;
}
