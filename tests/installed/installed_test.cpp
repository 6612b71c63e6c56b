// SPDX-License-Identifier: LGPL-2.1-or-later
// What users get: programs are built against the library as it is installed, found by pkg-config, and run.
#include <gtest/gtest.h>

#include <glib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
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

std::set<std::string> lines_of(std::istream& text) {
    std::set<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.insert(line);
    return lines;
}

// The names alone: "0000000000012345 T jpegdeblock::version()" without the address and the kind.
std::set<std::string> symbols_of(const std::string& library) {
    const Ending ending = run("nm --dynamic --defined-only --demangle " + library);
    EXPECT_TRUE(ending.success) << ending;
    std::istringstream table(ending.output);
    std::set<std::string> names;
    for (const std::string& line : lines_of(table)) names.insert(line.substr(line.find(' ', 17) + 1));
    return names;
}

std::string difference(const std::set<std::string>& from, const std::set<std::string>& other) {
    std::vector<std::string> lines;
    std::set_difference(from.begin(), from.end(), other.begin(), other.end(), std::back_inserter(lines));
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

// Whatever leaves the list breaks programs that were built before: see jpegdeblock_binary_version in
// lib/meson.build.
TEST_F(Installed, LibraryExportsWhatTheListOfSymbolsSays) {
    std::ifstream file(SYMBOLS);
    const std::set<std::string> expected = lines_of(file);
    const std::set<std::string> found = symbols_of(FOLDER LIBRARIES_DIR "/libjpegdeblock.so");
    EXPECT_EQ(difference(expected, found), "") << "these are no longer there";
    EXPECT_EQ(difference(found, expected), "") << "these are new: add them to " SYMBOLS;
}

// What the library is made of is in it: programs need no development files of that.
TEST_F(Installed, PkgConfigAsksForNothingButTheLibrary) {
    const Ending ending = run("pkg-config --print-requires --print-requires-private jpegdeblock");
    EXPECT_TRUE(ending.success) << ending;
    EXPECT_EQ(ending.output, "");
}

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
