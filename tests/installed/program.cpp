// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that knows of the library what is installed. It may load GStreamer (`late-gstreamer`), before and
// after which it is told what goes wrong. Built without this project's build system; see installed_test.cpp.
#include <dlfcn.h>

#include <jpegdeblock/deblocker.h>
#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg_coefficients.h>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

int failures = 0;

void expect(bool condition, const char* what) {
    if (condition) return;
    std::printf("failed: %s\n", what);
    ++failures;
}

// With a frame between that has something to destroy.
std::string load(const std::string& folder) {
    const std::string path = folder + "/there/is/no/such/model.safetensors";
    return jpegdeblock::load_model(path)->name + path;
}

void expect_errors() {
    try {
        load("");
        expect(false, "an Error of load_model");
    } catch (const jpegdeblock::Error& error) {
        expect(error.code() == jpegdeblock::ErrorCode::kNotFound, "code kNotFound");
        expect(std::string_view(error.what()).find("no/such/model") != std::string_view::npos,
               "the path in words");
    }
    try {
        jpegdeblock::JpegReader().read(std::vector<std::uint8_t>{0xff, 0xd8, 0xff, 0xd9});
        expect(false, "an Error of JpegReader");
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
    }
    try {
        const auto model = jpegdeblock::load_shared_model(jpegdeblock::find_model("fast"));
        jpegdeblock::Deblocker deblocker(model, jpegdeblock::Precision::kF32, jpegdeblock::make_workers(2));
        std::vector<std::uint8_t> samples(64 * 48, 128);
        const jpegdeblock::Plane plane{samples.data(), 64, 48, 64};
        deblocker.process(plane, plane, jpegdeblock::ijg_luma_table(20));
        deblocker.set_options({.strength = 3.0f});
        expect(false, "an Error of Deblocker");
    } catch (const jpegdeblock::Error& error) {
        expect(error.code() == jpegdeblock::ErrorCode::kInvalidArgument, error.what());
    }
}

}  // namespace

int main(int argc, char** argv) {
    expect_errors();
    if (argc > 1 && std::string_view(argv[1]) == "late-gstreamer") {
        expect(dlopen("libgstreamer-1.0.so.0", RTLD_NOW | RTLD_GLOBAL) != nullptr, "GStreamer");
        expect_errors();
    }
    return failures == 0 ? 0 : 1;
}
