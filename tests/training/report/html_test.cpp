// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../../support/temporary_folder.h"
#include "report/chart.h"
#include "report/text_file.h"

namespace jpegdeblock::training {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EscapeHtmlTest, NothingIsLeftThatIsMarkup) {
    EXPECT_EQ(escape_html("<a href=\"x\" id='y'>&"), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;");
}

TEST(DecimalTest, SignsAndInfinity) {
    EXPECT_EQ(decimal(1.25, 1, true), "+1.2");
    EXPECT_EQ(decimal(-0.5, 2), "-0.50");
    EXPECT_EQ(decimal(INFINITY, 2), "∞");
    EXPECT_EQ(decimal(NAN, 2, true), "–");
}

TEST(HtmlPageTest, ReloadsOnlyWhereAsked) {
    EXPECT_THAT(html_page("t", "b"), Not(HasSubstr("http-equiv")));
    EXPECT_THAT(html_page("t", "b", 15), HasSubstr("http-equiv=\"refresh\" content=\"15\""));
    EXPECT_THAT(html_page("<t>", "b"), HasSubstr("<title>&lt;t&gt;</title>"));
}

TEST(AxisTicksTest, AreRoundAndWithin) {
    EXPECT_EQ(axis_ticks(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
    EXPECT_EQ(axis_ticks(-0.3, 1.1, 3), (std::vector<double>{0, 0.5, 1.0}));
    EXPECT_EQ(axis_ticks(27, 41, 3), (std::vector<double>{30, 35, 40}));
    EXPECT_EQ(logarithmic_ticks(0.15, 6), (std::vector<double>{0.2, 0.5, 1, 2, 5}));
    EXPECT_EQ(logarithmic_ticks(3, 16), (std::vector<double>{3, 4, 5, 7, 10, 15}));
}

Chart with_points(const std::vector<ChartPoint>& points, bool logarithmic) {
    Chart chart;
    chart.logarithmic_x = logarithmic;
    chart.series.push_back({"one", points});
    return chart;
}

TEST(DrawChartTest, PointsLieWhereTheirValuesSay) {
    const std::string svg = draw_chart({.title = "A & B",
                                        .x_label = "x",
                                        .y_label = "y",
                                        .series = {{.name = "one", .points = {{0, 0}, {50, 5}, {100, 10}}}}});
    // 3 % and 6 % of room on each side of a plot from (48, 26) to (464, 258): the middle is its centre.
    EXPECT_THAT(svg, HasSubstr("A &amp; B"));
    EXPECT_THAT(svg, HasSubstr("cx=\"256.0\" cy=\"142.0\""));
    EXPECT_THAT(svg, HasSubstr("<title>one: 50 x, 5 y</title>"));
}

TEST(DrawChartTest, ALogarithmicAxisPutsTheGeometricMeanInTheMiddle) {
    EXPECT_THAT(draw_chart(with_points({{0.1, 0}, {1, 5}, {10, 10}}, true)),
                HasSubstr("cx=\"256.0\" cy=\"142.0\""));
}

TEST(DrawChartTest, NothingToDrawIsNoFailure) {
    EXPECT_THAT(draw_chart({}), HasSubstr("<svg"));
    const std::string svg = draw_chart(with_points({{1, INFINITY}, {NAN, 1}, {2, 3}}, false));
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
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
}  // namespace jpegdeblock::training
