// SPDX-License-Identifier: LGPL-2.1-or-later
// No exception leaves a vfunc: C code cannot pass it on.
#include "barrier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "filter_harness.h"

namespace {

thread_local bool memory_is_used_up = false;

}  // namespace

void* operator new(std::size_t size) {
    void* memory = memory_is_used_up ? nullptr : std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return memory_is_used_up ? nullptr : std::malloc(size);
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace jpegdeblock_test {
namespace {

using jpegdeblock_plugin::barrier;
using testing::HasSubstr;

// A vfunc's work that goes wrong in some way.
void (*work)();

gboolean start(GstElement*) {
    work();
    return TRUE;
}

GstFlowReturn transform(GstElement*, GstBuffer*) {
    work();
    return GST_FLOW_OK;
}

void set_property(GObject*, guint, const GValue*, GParamSpec*) {
    work();
}

class BarrierTest : public testing::Test {
  protected:
    BarrierTest() { gst_element_set_bus(element, bus); }

    ~BarrierTest() override {
        gst_element_set_bus(element, nullptr);
        gst_object_unref(bus);
        gst_object_unref(element);
    }

    Complaint error() { return pop_complaint(bus, GST_MESSAGE_ERROR); }

    GstElement* element = GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("fakesink", nullptr)));
    GstBus* bus = gst_bus_new();
};

TEST_F(BarrierTest, LetsResultsPass) {
    work = [] {};
    EXPECT_TRUE(barrier<start>(element));
    EXPECT_EQ(barrier<transform>(element, nullptr), GST_FLOW_OK);
    barrier<set_property>(G_OBJECT(element), 0, nullptr, nullptr);
    EXPECT_EQ(error().domain, 0u);
}

TEST_F(BarrierTest, TurnsTheLibrarysErrorsIntoMessages) {
    work = [] { throw jpegdeblock::Error(jpegdeblock::ErrorCode::kNotFound, "There is no file 'x'."); };
    EXPECT_FALSE(barrier<start>(element));
    const Complaint complaint = error();
    EXPECT_EQ(complaint.domain, GST_RESOURCE_ERROR);
    EXPECT_EQ(complaint.code, GST_RESOURCE_ERROR_NOT_FOUND);
    EXPECT_EQ(complaint.text, "There is no file 'x'.");
}

TEST_F(BarrierTest, StopsWhateverIsThrown) {
    work = [] { throw std::logic_error("a mistake"); };
    EXPECT_EQ(barrier<transform>(element, nullptr), GST_FLOW_ERROR);
    EXPECT_THAT(error().text, HasSubstr("a mistake"));
    work = [] { throw 1; };
    barrier<set_property>(G_OBJECT(element), 0, nullptr, nullptr);
    EXPECT_EQ(error().domain, GST_LIBRARY_ERROR);
}

TEST_F(BarrierTest, NeedsNoMemoryWhereThereIsNone) {
    work = [] {
        memory_is_used_up = true;
        (void)std::string(100, 'x');
    };
    EXPECT_EQ(barrier<transform>(element, nullptr), GST_FLOW_ERROR);
    memory_is_used_up = false;
    const Complaint complaint = error();
    EXPECT_EQ(complaint.domain, GST_RESOURCE_ERROR);
    EXPECT_EQ(complaint.code, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
    EXPECT_EQ(complaint.text, "Out of memory.");
}

TEST(Guarded, NeedsNoMemoryForItsAdvice) {
    const auto failure = jpegdeblock_plugin::guarded(
        jpegdeblock_plugin::Stage::kRunning,
        [] {
            memory_is_used_up = true;
            throw std::runtime_error("any");
        },
        [] {
            return std::string("Set the property to something that is much longer than fifteen letters.");
        });
    memory_is_used_up = false;
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->code, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
    EXPECT_EQ(failure->text, "Out of memory.");
}

}  // namespace
}  // namespace jpegdeblock_test
