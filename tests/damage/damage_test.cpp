// SPDX-License-Identifier: LGPL-2.1-or-later
// What a bad connection or encoder may make of a stream, in real pipelines. That of each kind of damage comes
// what outcomes.txt says (its columns for jpegparse and jpegdec are those of GStreamer 1.22), and what always
// holds.
#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "outcome.h"

namespace jpegdeblock_test {
namespace {

const std::vector<DamagedStream>& all_streams() {
    static const std::vector<DamagedStream> streams = damaged_streams();
    return streams;
}

std::map<std::string, std::string> read_recorded() {
    std::map<std::string, std::string> rows;
    std::ifstream file(std::getenv("JPEGDEBLOCK_DAMAGE_OUTCOMES"));
    for (std::string row; std::getline(file, row);) rows[row.substr(0, row.find(" | "))] = row;
    return rows;
}

const std::map<std::string, std::string>& recorded() {
    static const std::map<std::string, std::string> rows = read_recorded();
    return rows;
}

/// Without the columns of elements that are not this project's.
std::string own_columns(const std::string& row) {
    return row.substr(0, row.rfind(" | ", row.rfind(" | ") - 1));
}

bool has_stock_elements() {
    GstElementFactory* factory = gst_element_factory_find("jpegparse");
    if (factory != nullptr) gst_object_unref(factory);
    guint major = 0, minor = 0, micro = 0, nano = 0;
    gst_version(&major, &minor, &micro, &nano);
    return factory != nullptr && minor == 22;
}

class Damage : public testing::TestWithParam<std::size_t> {
  protected:
    static void SetUpTestSuite() {
        // Keeps the model loaded and the threads running from stream to stream.
        kept_ = gst_parse_launch("jpegdeblockdec preset=balanced threads=2", nullptr);
        gst_element_set_state(kept_, GST_STATE_PAUSED);
    }
    static void TearDownTestSuite() {
        gst_element_set_state(kept_, GST_STATE_NULL);
        gst_object_unref(kept_);
        kept_ = nullptr;
        judge_ = {};
    }

    static inline GstElement* kept_ = nullptr;
    static inline Judge judge_;
};

/// At most one of each kind in so short a stream: damaged, lost, and lost for what is not supported.
void expect_few(const std::vector<std::string>& warnings) {
    const auto begin_with = [&](const std::string& words) {
        return std::count_if(warnings.begin(), warnings.end(),
                             [&](const std::string& warning) { return warning.starts_with(words); });
    };
    EXPECT_LE(begin_with("A frame is damaged"), 1);
    EXPECT_LE(begin_with("A frame is lost"), 2);
}

TEST_P(Damage, ComesOutAsRecorded) {
    const DamagedStream& stream = all_streams()[GetParam()];
    const bool stock = has_stock_elements();
    SCOPED_TRACE(stream.title());
    std::map<Route, Outcome> outcomes;
    for (const Route route : routes_of(stream)) {
        if (!stock && (route == Route::kParser || route == Route::kFilter)) continue;
        SCOPED_TRACE(name_of(route));
        const Passage passage = pass(stream.packets, route, stream.announced_height);
        const Outcome outcome = outcomes[route] = judge_.judge(stream, route, passage);
        expect_few(passage.warnings);
        if (route != Route::kDecoder && route != Route::kFrames) continue;
        EXPECT_EQ(outcome.whole_shown, outcome.whole) << "whole frames are lost or changed";
        EXPECT_EQ(outcome.alarms, 0u) << "whole frames are flagged";
        EXPECT_EQ(passage.error, "");
        EXPECT_EQ(passage.warnings.empty(), passage.lost + passage.damaged == 0);
        EXPECT_GE(passage.damaged, outcome.flagged);
    }
    const auto row = recorded().find(stream.title());
    ASSERT_NE(row, recorded().end());
    if (stock) {
        EXPECT_EQ(row_of(stream, outcomes), row->second);
    } else {
        EXPECT_EQ(own_columns(row_of(stream, outcomes)), own_columns(row->second));
    }
}

INSTANTIATE_TEST_SUITE_P(Streams, Damage, testing::Range<std::size_t>(0, all_streams().size()));

TEST(Routes, Restore) {
    for (const Route route : kRoutes) {
        if (!has_stock_elements() && (route == Route::kParser || route == Route::kFilter)) continue;
        const std::vector<Bytes> packets = {numbered_jpeg(0, usual_recipe())};
        const Passage restored = pass(packets, route), plain = pass(packets, route, 0, "strength=0");
        ASSERT_EQ(restored.frames.size(), 1u) << name_of(route);
        EXPECT_NE(restored.frames[0].samples, plain.frames.at(0).samples) << name_of(route);
    }
}

TEST(DamagedStreams, AreManyAndEachHasItsRow) {
    EXPECT_GE(all_streams().size(), 200u);
    EXPECT_EQ(recorded().size(), all_streams().size() + 1) << "with the head";
}

}  // namespace
}  // namespace jpegdeblock_test
