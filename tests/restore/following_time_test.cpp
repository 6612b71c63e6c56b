// SPDX-License-Identifier: LGPL-2.1-or-later
#include "restore/following_time.h"

#include <gtest/gtest.h>

namespace jpegdeblock {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kTime = 10ms;

TEST(FollowingTime, WhatIsNotKnownIsTried) {
    FollowingTime following;
    EXPECT_EQ(following.expected(), 0ns);
    EXPECT_TRUE(following.suffices(1ns));
    following.learn(7ms);
    EXPECT_EQ(following.expected(), 7ms);
}

TEST(FollowingTime, AFrameWithoutAnyIsNotFollowedAndTheNextOneIs) {
    FollowingTime following;
    for (const std::chrono::nanoseconds none : {0ns, std::chrono::nanoseconds(-5ms)}) {
        EXPECT_TRUE(following.suffices(kTime));
        following.learn(7ms);
        EXPECT_FALSE(following.suffices(none));
    }
    EXPECT_TRUE(following.suffices(kTime));
}

TEST(FollowingTime, ALateFrameIsFollowedWhereThoseInTimeAre) {
    FollowingTime following;
    EXPECT_TRUE(following.suffices(kTime));
    following.learn(7ms);
    EXPECT_TRUE(following.suffices(1ms));
    EXPECT_TRUE(following.suffices(kTime));
    // Where none comes in time any more, none is.
    int frames = 0;
    for (; following.suffices(1ms) && frames < 1000; ++frames) following.learn(7ms);
    EXPECT_GT(frames, 2);
    EXPECT_LT(frames, 100);
}

TEST(FollowingTime, OneSlowFrameDoesNotEndIt) {
    FollowingTime following;
    following.learn(7ms);
    following.learn(50ms);
    EXPECT_TRUE(following.suffices(kTime));
    for (int i = 0; i < 50; ++i) following.learn(7ms);
    EXPECT_LT(following.expected(), 7.1ms);
}

// Taking turns would make each frame look unlike the one before.
TEST(FollowingTime, AtTheLimitItIsLeftForManyFramesAndTriedAgain) {
    FollowingTime following;
    following.learn(kTime + 1ms);
    int without = 0;
    for (; !following.suffices(kTime) && without < 1000; ++without) {
    }
    EXPECT_GT(without, 15);
    EXPECT_LT(without, 100);
}

}  // namespace
}  // namespace jpegdeblock
