// SPDX-License-Identifier: LGPL-2.1-or-later
// What is drawn of the data is tested by page_test.js.
#include "report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "../../support/temporary_folder.h"
#include "page_data.h"
#include "report/text_file.h"

namespace jpegdeblock {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MakePageTest, IsSelfContained) {
    const std::string page = make_page({{"kind", "training"}, {"name", "mine"}});
    EXPECT_THAT(page, testing::StartsWith("<!DOCTYPE html>"));
    for (const char* outside :
         {"http:", "https:", "url(", "@import", "<script src", "<link rel=\"stylesheet\""})
        EXPECT_THAT(page, Not(HasSubstr(outside)));
}

TEST(MakePageTest, HoldsTheDataWhateverTheyAre) {
    const nlohmann::json data = {{"name", "</script><!-- {{data}} \"'&\\ ü"}, {"value", 0.1}};
    const std::string page = make_page(data);
    EXPECT_EQ(page_data(page), data);
    EXPECT_THAT(page, Not(HasSubstr("</script><!--")));
    EXPECT_NO_THROW(page_data(make_page({{"name", "no UTF-8: \xff"}})));
}

TEST(MakePageTest, InfinitiesHaveNames) {
    const nlohmann::json data = page_data(make_page({{"values", {INFINITY, -INFINITY, NAN, 1.5, 2}}}));
    EXPECT_EQ(data["values"], nlohmann::json({"Infinity", "-Infinity", nullptr, 1.5, 2}));
}

TEST(WriteTextFileTest, AFailureNamesTheFileAndLeavesNothing) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder.file("taken"));
    try {
        write_text_file(folder.file("taken"), "text");
        FAIL() << "a folder was overwritten";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUnwritable);
        EXPECT_THAT(error.what(), HasSubstr("taken"));
    }
    EXPECT_FALSE(std::filesystem::exists(folder.file("taken.part")));
    EXPECT_THROW(write_text_file(folder.file("absent/file"), "text"), Error);
    write_text_file(folder.file("file"), "one");
    write_text_file(folder.file("file"), "two");
    std::ifstream file(folder.file("file"));
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), "two");
}

}  // namespace
}  // namespace jpegdeblock
