// SPDX-License-Identifier: LGPL-2.1-or-later
// The commands of docs/cookbook.md, as they stand there. Only what a test machine has not is replaced:
// cameras, screens, addresses and files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <set>

#include "../support/temporary_folder.h"
#include "command.h"
#include "cookbook.h"
#include "example_files.h"

namespace jpegdeblock_test {
namespace {

using jpegdeblock::test::TemporaryFolder;

// In a script {0}, {1}, ... are the section's blocks, and $OUT is a folder for results. The camera's frames
// are cat.jpg.
struct Recipe {
    std::string name;
    std::string heading;
    std::vector<std::pair<std::string, std::string>> replacements;
    std::string script;
    std::vector<std::string> requirements = {};  // elements or Python modules that must be there
    int results = 3;                             // files in $OUT, at least
};

void PrintTo(const Recipe& recipe, std::ostream* stream) {
    *stream << recipe.heading;
}

const std::pair<std::string, std::string> kUsbCamera = {"v4l2src device=/dev/video0",
                                                        "videotestsrc is-live=true ! jpegenc quality=30"};
const std::pair<std::string, std::string> kScreen = {
    "autovideosink", "identity eos-after=4 ! pngenc ! multifilesink location=$OUT/%d.png"};
const std::pair<std::string, std::string> kIpCamera = {"http://camera.example/",
                                                       "http://127.0.0.1:$HTTP_PORT/"};
const std::pair<std::string, std::string> kClip = {
    "playbin uri=file:///home/me/clip.avi",
    "playbin uri=file://$OUT/../clip.avi video-sink=\"pngenc ! "
    "multifilesink location=$OUT/%d.png\""};

// The second command runs until the first, which needs it, has ended.
std::string beside(const std::string& command, const std::string& other) {
    return "{ exec " + other + "} & other=$!\n" + command + "status=$?\nkill $other\nexit $status\n";
}

const Recipe kRecipes[] = {
    {"IpCamera", "IP camera over HTTP", {kIpCamera, kScreen}, "{0}"},
    {"Rtp",
     "RTP",
     {kUsbCamera, kScreen, {"port=5004", "port=$FREE_PORT"}, {"receiver.example", "127.0.0.1"}},
     beside("{0}", "{1}")},
    {"UsbCamera", "UVC camera", {kUsbCamera, kScreen}, "{0}"},
    {"Recording",
     "Record as H.264",
     {{kUsbCamera.first, "videotestsrc num-buffers=5 ! jpegenc quality=30"},
      {"camera.mkv", "$OUT/camera.mkv"}},
     "{0}gst-launch-1.0 filesrc location=$OUT/camera.mkv ! matroskademux ! h264parse "
     "! video/x-h264,alignment=au,stream-format=byte-stream ! multifilesink location=$OUT/%d.h264",
     {"x264enc", "h264parse"},
     6},
    {"Server",
     "Serve it again as Motion JPEG",
     {kIpCamera, kScreen, {"port=8080", "port=$FREE_PORT"}, {"server.example", "localhost"}},
     // The server needs a moment until it listens.
     beside("for attempt in 1 2 3 4 5 6 7 8 9 10; do\nsleep 0.5\n{1}[ -e $OUT/0.png ] && break\ndone\n",
            "{0}")},
    {"VirtualCamera",
     "Virtual camera",
     {kUsbCamera,
      {"v4l2sink device=/dev/video10", "identity eos-after=4 ! multifilesink location=$OUT/%d.yuy2"}},
     "{0}"},
    {"Player", "Play a file", {kClip}, "{0}ls $OUT/4.png && rm $OUT/*.png\n{1}", {}, 5},
    {"OpenCv",
     "OpenCV",
     {{kUsbCamera.first, "videotestsrc is-live=true num-buffers=9 ! jpegenc"},
      {"print(frame", "print('frame', frame"}},
     "{0}",
     {"cv2"},
     0},
    {"NumPy",
     "Python and NumPy",
     {{"examples/embed.py frame.jpg",
       "cp cat.jpg $OUT/frame.jpg; " PYTHON " " EXAMPLES_DIR "/embed.py $OUT/frame.jpg"}},
     "{0}cp cat.jpg frame.jpg; echo nonsense >next.jpg\nexport PYTHONPATH=" EXAMPLES_DIR
     " PYTHONDONTWRITEBYTECODE=1\n{1}",
     {},
     2},
};

bool is_installed(const std::string& requirement) {
    return run("gst-inspect-1.0 --exists " + requirement).success ||
           run(PYTHON " -c 'import " + requirement + "'").success;
}

class Cookbook : public testing::TestWithParam<Recipe> {
  protected:
    void SetUp() override {
        for (const std::string& requirement : GetParam().requirements) {
            if (!is_installed(requirement)) {
                GTEST_SKIP() << requirement << " is not installed";
            }
        }
        write_sample_jpeg(folder.file("cat.jpg"));
        std::filesystem::create_directory(folder.file("results"));
    }

    Ending run_recipe() {
        std::string script = GetParam().script;
        std::string blocks;
        const auto commands = read_commands(COOKBOOK);
        for (const std::string& block : commands.at(GetParam().heading)) blocks += block + '\0';
        for (const auto& [from, to] : GetParam().replacements) replace_all(blocks, from, to);
        for (int i = 0; !blocks.empty(); ++i) {
            const std::size_t end = blocks.find('\0');
            replace_all(script, "{" + std::to_string(i) + "}", blocks.substr(0, end));
            blocks.erase(0, end + 1);
        }
        std::ofstream(folder.file("script")) << "OUT=" << folder.file("results") << "\ncd $OUT/..\n"
                                             << script;
        return run("timeout 100 " PYTHON " " TESTS_DIR "/loopback.py " + folder.file("cat.jpg") + " " +
                   folder.file("script"));
    }

    TemporaryFolder folder;
};

TEST_P(Cookbook, RecipeWorks) {
    if (GetParam().name == "Player") {
        const Ending recorded = launch(
            "videotestsrc num-buffers=5 ! video/x-raw,width=160,height=120 ! jpegenc quality=20 ! avimux "
            "! filesink location=" +
            folder.file("clip.avi"));
        ASSERT_TRUE(recorded.success) << recorded;
    }
    const Ending ending = run_recipe();
    EXPECT_TRUE(ending.success) << ending;
    const std::filesystem::directory_iterator results(folder.file("results"));
    EXPECT_GE(std::distance(begin(results), end(results)), GetParam().results) << ending;
    if (GetParam().name == "OpenCv") {
        EXPECT_THAT(ending.output, testing::HasSubstr("frame (480, 640, 3)"));
    }
    if (GetParam().name == "NumPy") {
        EXPECT_THAT(ending.output, testing::AllOf(testing::HasSubstr("frame.jpg (300, 451, 3) uint8"),
                                                  testing::HasSubstr("next.jpg: A frame is lost")));
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Cookbook, testing::ValuesIn(kRecipes),
                         [](const auto& info) { return info.param.name; });

TEST(CookbookPage, NoCommandIsLeftOut) {
    std::set<std::string> written, tested;
    for (const auto& [heading, blocks] : read_commands(COOKBOOK)) written.insert(heading);
    for (const Recipe& recipe : kRecipes) tested.insert(recipe.heading);
    EXPECT_EQ(written, tested);
}

}  // namespace
}  // namespace jpegdeblock_test
