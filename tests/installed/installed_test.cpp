// SPDX-License-Identifier: LGPL-2.1-or-later
// What users get: programs are built against the library as it is installed, found by pkg-config, and run.
#include <gtest/gtest.h>

#include <glib.h>

#include <filesystem>
#include <string>

#include "command.h"

namespace jpegdeblock_test {
namespace {

class Installed : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        std::filesystem::remove_all(FOLDER);
        const Ending ending =
            run("meson install --no-rebuild -C " BUILD_DIR " --tags devel,runtime --destdir " FOLDER);
        ASSERT_TRUE(ending.success) << ending;
        g_setenv("PKG_CONFIG_PATH", FOLDER LIBRARIES_DIR "/pkgconfig", TRUE);
        g_setenv("PKG_CONFIG_SYSROOT_DIR", FOLDER, TRUE);
        g_setenv("LD_LIBRARY_PATH", FOLDER LIBRARIES_DIR, TRUE);
    }

    // Builds a source file of this folder; the options say what of it. Returns the path of the result.
    static std::string build(const std::string& source, const std::string& options = "") {
        const std::string result = FOLDER "/" + source + ".built";
        const Ending ending =
            run("sh -c '" COMPILER " -std=c++20 -Wall -Wextra -Werror " + options + " -o " + result +
                " " TESTS_DIR "/" + source + " $(pkg-config --cflags --libs jpegdeblock)'");
        EXPECT_TRUE(ending.success) << ending;
        return result;
    }
};

TEST_F(Installed, LibraryServesAProgram) {
    const Ending ending = run(build("program.cpp"));
    EXPECT_TRUE(ending.success) << ending;
}

TEST_F(Installed, LibraryTellsErrorsWhereGStreamerIsLoadedLate) {
    const Ending ending = run(build("program.cpp") + " late-gstreamer");
    EXPECT_TRUE(ending.success) << ending;
}

#ifdef PYTHON
// The module's functions catch what the library throws by themselves: a frame of theirs without a catch would
// need an unwinder of its own. Pillow's modules are in C++; see the tests of the elements in Python.
TEST_F(Installed, LibraryTellsErrorsInPythonWhateverIsLoadedInWhateverOrder) {
    const std::string module = build("module.cpp", "-shared -fPIC");
    for (const char* order : {
             "MODULE",
             "MODULE gstreamer",
             "gstreamer MODULE",
             "PIL.Image MODULE",
             "PIL.Image gstreamer MODULE",
             "PIL.Image MODULE gstreamer",
             "gstreamer PIL.Image MODULE",
             "gstreamer MODULE PIL.Image",
             "MODULE gstreamer PIL.Image",
             "MODULE PIL.Image gstreamer",
             "numpy PIL.Image gstreamer MODULE",
         }) {
        std::string arguments = order;
        arguments.replace(arguments.find("MODULE"), 6, module);
        const Ending ending = run(PYTHON " " TESTS_DIR "/module_program.py " + arguments);
        EXPECT_TRUE(ending.success) << order << ": " << ending;
    }
}
#endif

}  // namespace
}  // namespace jpegdeblock_test
