// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "model/model.h"

#include "expect_error.h"
#include "files.h"
#include "sample_networks.h"

namespace jpegdeblock {
namespace {

namespace fs = std::filesystem;
using test::expect_error;
using test::TemporaryFolder;

class SharedModel : public testing::Test {
  protected:
    void SetUp() override { save_model(path_, test::sample_grid()); }

    TemporaryFolder folder_;
    const std::string path_ = folder_.file("sample.safetensors");
};

TEST_F(SharedModel, NamesAFileThatDoesNotExist) {
    const std::string path = folder_.file("none.safetensors");
    expect_error(ErrorCode::kNotFound, {path}, [&] { load_shared_model(path); });
}

TEST_F(SharedModel, LoadsAfterADamagedFileWasMended) {
    const std::string whole = test::read_bytes(path_);
    test::write_bytes(path_, whole.substr(0, 100));
    expect_error(ErrorCode::kInvalidFile, {path_}, [&] { load_shared_model(path_); });
    test::write_bytes(path_, whole);
    EXPECT_EQ(load_shared_model(path_)->name, "sample");
}

TEST_F(SharedModel, KeepsALoadedModelWhenItsFileIsDamaged) {
    const auto model = load_shared_model(path_);
    test::write_bytes(path_, "damaged");
    expect_error(ErrorCode::kInvalidFile, {path_}, [&] { load_shared_model(path_); });
    EXPECT_EQ(model->name, "sample");
}

TEST_F(SharedModel, GivesTheSameObjectForTheSameFile) {
    const auto model = load_shared_model(path_);
    EXPECT_EQ(load_shared_model(path_), model);
    EXPECT_EQ(load_shared_model(folder_.path() + "/./sample.safetensors"), model);
    fs::create_symlink(path_, folder_.file("link.safetensors"));
    EXPECT_EQ(load_shared_model(folder_.file("link.safetensors")), model);
}

TEST_F(SharedModel, TellsFilesOfEqualContentApart) {
    save_model(folder_.file("other.safetensors"), test::sample_grid());
    const auto model = load_shared_model(path_);
    EXPECT_NE(load_shared_model(folder_.file("other.safetensors")), model);
}

TEST_F(SharedModel, ReloadsAFileOfNewTime) {
    const auto model = load_shared_model(path_);
    fs::last_write_time(path_, fs::last_write_time(path_) + std::chrono::microseconds(1));
    const auto reloaded = load_shared_model(path_);
    EXPECT_NE(reloaded, model);
    EXPECT_EQ(load_shared_model(path_), reloaded);
}

TEST_F(SharedModel, ReloadsAReplacedFileOfTheSameSizeAndTime) {
    const auto model = load_shared_model(path_);
    const auto time = fs::last_write_time(path_);
    Model changed = test::sample_grid();
    changed.name = "simple";
    save_model(path_, changed);
    fs::last_write_time(path_, time);
    EXPECT_EQ(load_shared_model(path_)->name, "simple");
    EXPECT_EQ(model->name, "sample");
}

TEST_F(SharedModel, ForgetsAModelThatNobodyHolds) {
    std::weak_ptr<const Model> watch = load_shared_model(path_);
    EXPECT_TRUE(watch.expired());
    EXPECT_EQ(load_shared_model(path_)->name, "sample");
}

TEST_F(SharedModel, LoadsOnceForManyThreads) {
    std::vector<std::shared_ptr<const Model>> models(8);
    std::vector<std::thread> threads;
    for (auto& model : models) threads.emplace_back([&] { model = load_shared_model(path_); });
    for (std::thread& thread : threads) thread.join();
    for (const auto& model : models) EXPECT_EQ(model, models.front());
}

}  // namespace
}  // namespace jpegdeblock
