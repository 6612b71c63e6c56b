// SPDX-License-Identifier: LGPL-2.1-or-later
// A program that knows of the library what is installed. It may load GStreamer (`late-gstreamer`), before and
// after which it is told what goes wrong. Built without this project's build system; see installed_test.cpp.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>
#include <jpegdeblock/log.h>
#include <jpegdeblock/model.h>
#include <jpegdeblock/picture.h>
#include <jpegdeblock/version.h>
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
    return (jpegdeblock::load_model(path) ? "" : "no ") + path;
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
        jpegdeblock::PictureRestorer restorer(jpegdeblock::Precision::kF32, jpegdeblock::make_workers(2));
        restorer.set_luma_model(jpegdeblock::load_shared_model(jpegdeblock::find_model("fast")));
        std::vector<std::uint8_t> samples(64 * 48, 128);
        jpegdeblock::Picture picture;
        picture.components[0] = {samples.data(), 64, 48, 64, 1};
        expect(restorer.restore(picture, {.luma = {jpegdeblock::ijg_luma_table(20)}}).changed,
               "a restored picture");
        restorer.restore(picture, {}, {.strength = 3.0});
        expect(false, "an Error of PictureRestorer");
    } catch (const jpegdeblock::Error& error) {
        expect(error.code() == jpegdeblock::ErrorCode::kInvalidArgument, error.what());
    }
}

// The C library ends a thread by an exception of its own kind, which destroys what the frames hold.
void end_a_thread_in_the_library(const std::string& fifo) {
    expect(mkfifo(fifo.c_str(), 0600) == 0, "a FIFO");
    pthread_t reader;
    const auto read = [](void* path) -> void* {
        jpegdeblock::read_file(*static_cast<const std::string*>(path));
        return nullptr;
    };
    std::string path = fifo;
    pthread_create(&reader, nullptr, read, &path);
    const int writer = open(fifo.c_str(), O_WRONLY);
    expect(write(writer, "x", 1) == 1, "a byte to write");
    // Once that is gone, the reader holds the open file and waits for more.
    for (int left = 1; left > 0 && ioctl(writer, FIONREAD, &left) == 0;) usleep(1000);
    pthread_cancel(reader);
    void* result = nullptr;
    pthread_join(reader, &result);
    expect(result == PTHREAD_CANCELED, "the end of the thread");
    signal(SIGPIPE, SIG_IGN);
    expect(write(writer, "x", 1) == -1, "that the file was closed");
    close(writer);
    unlink(fifo.c_str());
}

void count_message(jpegdeblock::LogLevel, const char*, void* count) noexcept {
    ++*static_cast<int*>(count);
}

}  // namespace

int main(int argc, char** argv) {
    expect(jpegdeblock::version_number() == JPEGDEBLOCK_VERSION_NUMBER, "the headers' version number");
    expect(jpegdeblock::version() == std::string_view(JPEGDEBLOCK_VERSION), "the headers' version");
    int messages = 0;
    jpegdeblock::set_log_function(count_message, &messages);
    expect_errors();
    if (argc > 1 && std::string_view(argv[1]) == "late-gstreamer") {
        expect(dlopen("libgstreamer-1.0.so.0", RTLD_NOW | RTLD_GLOBAL) != nullptr, "GStreamer");
        expect_errors();
    }
    end_a_thread_in_the_library(std::string(argv[0]) + ".fifo");
    expect(messages > 0, "a log message");
    return failures == 0 ? 0 : 1;
}
