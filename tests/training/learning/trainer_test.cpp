// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/trainer.h"

#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "../../support/drawn_pictures.h"
#include "../../support/temporary_folder.h"
#include "engine/engine.h"
#include "network/dncnn_description.h"
#include "network/int8_calibration.h"
#include "network/network.h"
#include "patches/degrading_patch_source.h"
#include "pictures/pictures.h"
#include "prepared/patch_source.h"
#include "prepared/prepare.h"
#include "sequences/sequence_evaluation.h"
#include "sequences/sequence_source.h"

namespace jpegdeblock::training {
namespace {

std::shared_ptr<const PatchSource> small_source() {
    std::vector<LumaImage> pictures;
    for (unsigned seed = 0; seed < 4; ++seed) pictures.push_back(draw_picture(96, 96, seed));
    return std::make_shared<DegradingPatchSource>(
        std::vector<PictureSet>{{pictures, 1.0}}, 8, 48,
        QualityDistribution{.lowest = 10, .middle = 20, .highest = 30}, 1);
}

std::vector<NamedPicture> validation() {
    return {{"held back", draw_picture(96, 96, 50)}};
}

TrainerOptions small_options(const std::string& output) {
    TrainerOptions options;
    options.network.channels = 8;
    options.network.depth = 4;
    options.output = output;
    options.name = "test";
    options.precision = TrainingPrecision::kF32;
    options.threads = 1;
    options.recipe.warm_up_steps = 20;
    options.recipe.learning_rate = 4e-3;
    options.recipe.average_decay = 0.95;
    return options;
}

double gain(const std::string& model, int quality) {
    EvaluationOptions options;
    options.qualities = {quality};
    options.threads = 1;
    const auto results = evaluate(load_model(model), validation(), options);
    return results[0].mean_restored().psnr - results[0].mean_jpeg().psnr;
}

std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> result;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) result.push_back(cell);
    return result;
}

const std::atomic<bool> kNeverStop = false;

TEST(TrainerTest, AShortTrainingRestoresAHeldBackPictureAndWritesAGoldenFile) {
    const test::TemporaryFolder folder;
    TrainerOptions options = small_options(folder.file("m.safetensors"));
    options.steps = 200;
    ASSERT_TRUE(train(options, small_source(), validation(), kNeverStop));
    EXPECT_GT(gain(options.output, 20), 0.3);

    const auto model = load_model(options.output);
    EXPECT_EQ(model->name, "test");
    EXPECT_EQ(model->notes.at("training_steps"), "200");
    const Golden golden = load_golden(golden_path(options.output));
    Engine engine(model, Precision::kF32, make_workers(1));
    std::vector<float> residual(golden.residual.size());
    engine.run({golden.luma.data(), golden.width, golden.height, golden.width}, {}, golden.table,
               residual.data(), golden.width);
    for (std::size_t i = 0; i < residual.size(); ++i) ASSERT_NEAR(residual[i], golden.residual[i], 1e-3) << i;
    EXPECT_TRUE(std::filesystem::exists(options.output + ".csv"));
}

TEST(TrainerTest, SequencesTeachATemporalNetworkToUseTheFramesBefore) {
    const test::TemporaryFolder folder;
    TrainerOptions options = small_options(folder.file("m.safetensors"));
    options.network.temporal = true;
    options.steps = 120;
    std::vector<LumaImage> pictures;
    for (unsigned seed = 0; seed < 4; ++seed) pictures.push_back(draw_picture(128, 128, seed));
    const QualityDistribution qualities{.lowest = 10, .middle = 20, .highest = 30};
    const auto sequences =
        std::make_shared<SequenceSource>(std::vector<PictureSet>{{pictures, 1.0}}, 2, 48, 3, qualities, 1);
    ASSERT_TRUE(train(options, std::make_shared<SequencesAndPatches>(sequences, small_source(), 0.4),
                      validation(), kNeverStop));
    EXPECT_GT(gain(options.output, 20), 0.1);
    const auto model = load_model(options.output);
    EXPECT_TRUE(model->network.temporal);
    const Tensor& first = model->tensor("layers.0.weight");
    float largest = 0;
    for (std::int64_t i = 0; i < first.elements(); ++i)
        if (i / 9 % 8 >= 4) largest = std::max(largest, std::abs(first.as<float>()[i]));
    EXPECT_GT(largest, 0.01f);
    EXPECT_FALSE(load_golden(golden_path(options.output)).history.empty());

    std::ifstream table(options.output + ".csv");
    std::string line, header, last;
    std::getline(table, header);
    while (std::getline(table, line)) last = line;
    const std::vector<std::string> names = cells(header), values = cells(last);
    ASSERT_EQ(names.size(), values.size());
    std::size_t kinds = 0;
    double sum = 0;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i].starts_with("clip_gain_")) {
            ++kinds;
            sum += std::stod(values[i]);
        }
    EXPECT_EQ(kinds, sequence_kinds().size());
    EXPECT_GT(sum / static_cast<double>(kinds), 0.1);
}

TEST(TrainerTest, PicturesTooSmallForClipsAreStillValidatedOn) {
    const test::TemporaryFolder folder;
    TrainerOptions options = small_options(folder.file("m.safetensors"));
    options.network.temporal = true;
    options.steps = 1;
    testing::internal::CaptureStderr();
    ASSERT_TRUE(train(options, small_source(), {{"small", draw_picture(24, 96, 50)}}, kNeverStop));
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("warning: no picture to validate on"), std::string::npos) << log;
    EXPECT_NE(log.find("gain on validation:  q10"), std::string::npos) << log;
    EXPECT_EQ(log.find("on clips"), std::string::npos) << log;
}

struct ResumedTraining {
    const char* name;
    Recipe recipe;
    bool identity_branch = false;
};

TrainerOptions options_of(const ResumedTraining& training, const std::string& output) {
    TrainerOptions options = small_options(output);
    options.recipe = training.recipe;
    options.identity_branch = training.identity_branch;
    if (training.identity_branch) options.network = dncnn_description(8, 5);
    options.steps = 24;
    return options;
}

class ResumeTest : public testing::TestWithParam<ResumedTraining> {};

TEST_P(ResumeTest, AnInterruptedTrainingResumesToTheSameWeights) {
    const test::TemporaryFolder folder;
    const TrainerOptions whole = options_of(GetParam(), folder.file("whole.safetensors"));
    ASSERT_TRUE(train(whole, small_source(), {}, kNeverStop));

    // Stops after the first steps by a source that asks for it.
    class StoppingSource : public PatchSource {
      public:
        explicit StoppingSource(std::atomic<bool>& stop) : stop_(stop), source_(small_source()) {}
        PatchBatch make_batch(std::uint64_t index) const override {
            if (index == 12) stop_ = true;
            return source_->make_batch(index);
        }

      private:
        std::atomic<bool>& stop_;
        std::shared_ptr<const PatchSource> source_;
    };
    TrainerOptions parts = options_of(GetParam(), folder.file("parts.safetensors"));
    std::atomic<bool> stop = false;
    ASSERT_FALSE(train(parts, std::make_shared<StoppingSource>(stop), {}, stop));
    parts.resume = true;
    ASSERT_TRUE(train(parts, small_source(), {}, kNeverStop));

    const auto expected = load_model(whole.output), actual = load_model(parts.output);
    for (const auto& [name, tensor] : expected->tensors)
        for (std::int64_t i = 0; i < tensor.elements(); ++i)
            ASSERT_NEAR(actual->tensor(name).as<float>()[i], tensor.as<float>()[i], 1e-6) << name << " " << i;
}

INSTANTIATE_TEST_SUITE_P(Recipes, ResumeTest,
                         testing::Values(ResumedTraining{"default", default_recipe()},
                                         ResumedTraining{"paper", paper_recipe()},
                                         ResumedTraining{"identity_branch", default_recipe(), true}),
                         [](const auto& training) { return training.param.name; });

TEST(TrainerTest, AnIdentityBranchTrainsADeepDncnnAndItsSmallerOneStartsIt) {
    const test::TemporaryFolder folder;
    TrainerOptions options = small_options(folder.file("small.safetensors"));
    options.network = dncnn_description(8, 6);
    options.identity_branch = true;
    options.steps = 120;
    ASSERT_TRUE(train(options, small_source(), {}, kNeverStop));
    const double learnt = gain(options.output, 20);
    EXPECT_GT(learnt, 0.1);

    TrainerOptions deeper = options;
    deeper.output = folder.file("deep.safetensors");
    deeper.network = dncnn_description(8, 20);
    deeper.initial_model = options.output;
    deeper.steps = 1;
    deeper.recipe.learning_rate = 1e-9;
    ASSERT_TRUE(train(deeper, small_source(), {}, kNeverStop));
    EXPECT_NEAR(gain(deeper.output, 20), learnt, 1e-3) << "growing changed what is computed";
}

TEST(TrainerTest, DncnnTrainsWithBatchNormalisation) {
    const test::TemporaryFolder folder;
    TrainerOptions options = small_options(folder.file("d.safetensors"));
    options.network = dncnn_description(8, 4);
    options.batch_norm = true;
    options.steps = 120;
    ASSERT_TRUE(train(options, small_source(), {}, kNeverStop));
    EXPECT_GT(gain(options.output, 15), 0.1);
}

TEST(TrainerTest, ThePaperTrainsOnPreparedPictures) {
    const test::TemporaryFolder folder;
    std::filesystem::create_directory(folder.file("pictures"));
    for (unsigned seed = 0; seed < 4; ++seed)
        save_luma(folder.file("pictures/" + std::to_string(seed) + ".png"), draw_picture(96, 96, seed));
    PrepareOptions preparation;
    preparation.pictures = folder.file("pictures");
    preparation.output = folder.file("data");
    preparation.qualities = {10, 20};
    preparation.range = LumaRange::kLimited;
    const auto ignore = [](const std::string&) {};
    prepare(preparation, ignore, kNeverStop);
    const auto source = std::make_shared<PreparedPatchSource>(
        folder.file("data"), PreparedPatchOptions{.batch = 16, .side = 50, .patches_per_pair = 40}, ignore);

    TrainerOptions options = small_options(folder.file("p.safetensors"));
    options.recipe = paper_recipe();
    EXPECT_THROW(train(options, source, {}, kNeverStop), Error);  // A grid network needs the table.
    options.network = dncnn_description(8, 4);
    options.network.range = source->range();
    options.batch_norm = true;
    options.steps = 100;
    EXPECT_GT(time_step(options, *source), 0);
    EXPECT_FALSE(std::filesystem::exists(options.output));
    ASSERT_TRUE(train(options, source, {}, kNeverStop));
    EXPECT_EQ(load_model(options.output)->network.range, LumaRange::kLimited);
    EXPECT_GT(gain(options.output, 15), 0.1);
}

TEST(TrainerTest, ATeacherChangesTheResponse) {
    const test::TemporaryFolder folder;
    // A teacher that leaves every picture as it is: its residual is nothing.
    TrainerOptions options = small_options(folder.file("teacher.safetensors"));
    NetworkDescription description = options.network;
    Network nothing(description, false, 1);
    {
        torch::NoGradGuard no_gradient;
        for (const auto& [name, value] : nothing.parameters())
            if (name.starts_with("layers.3.")) value.zero_();
    }
    save_model(options.output, nothing.export_model("teacher", {}));

    TrainerOptions taught = small_options(folder.file("taught.safetensors"));
    taught.steps = 120;
    taught.teacher = options.output;
    taught.teacher_share = 1;
    ASSERT_TRUE(train(taught, small_source(), {}, kNeverStop));
    EXPECT_LT(std::abs(gain(taught.output, 20)), 0.1) << "learnt from the teacher to do nothing";
    taught.teacher = folder.file("absent.safetensors");
    EXPECT_THROW(train(taught, small_source(), {}, kNeverStop), Error);
}

TEST(TrainerTest, TrainingForInt8StartsFromAModelThatHasIt) {
    const test::TemporaryFolder folder;
    TrainerOptions options = small_options(folder.file("m.safetensors"));
    options.steps = 40;
    ASSERT_TRUE(train(options, small_source(), {}, kNeverStop));

    TrainerOptions further = small_options(folder.file("further.safetensors"));
    further.steps = 10;
    further.for_int8 = true;
    EXPECT_THROW(train(further, small_source(), {}, kNeverStop), Error) << "without a model";
    further.initial_model = options.output;
    EXPECT_THROW(train(further, small_source(), {}, kNeverStop), Error) << "of a model without int8";

    Model model = *load_model(options.output);
    const LumaImage picture = draw_picture(64, 64, 7);
    set_int8_parameters(
        model, calibrate_int8(model, {{ijg_luma_table(20),
                                       torch::from_blob(const_cast<std::uint8_t*>(picture.samples.data()),
                                                        {1, 1, 64, 64}, torch::kByte)
                                           .to(torch::kFloat)}}));
    save_model(options.output, model);
    ASSERT_TRUE(train(further, small_source(), {}, kNeverStop));
    const auto trained = load_model(further.output);
    ASSERT_TRUE(has_int8(*trained));
    EXPECT_EQ(int8_parameters(*trained).activation_scale, int8_parameters(model).activation_scale);
}

TEST(TrainerTest, AnUnwritableOutputIsAnError) {
    TrainerOptions options = small_options("/nonexistent-folder/m.safetensors");
    options.steps = 1;
    EXPECT_THROW(train(options, small_source(), {}, kNeverStop), Error);
}

}  // namespace
}  // namespace jpegdeblock::training
