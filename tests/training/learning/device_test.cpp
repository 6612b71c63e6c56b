// SPDX-License-Identifier: LGPL-2.1-or-later
#include "learning/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <jpegdeblock/error.h>

#include "../../support/drawn_pictures.h"
#include "learning/device_restoration.h"
#include "network/dncnn_description.h"

namespace jpegdeblock::training {
namespace {

using testing::HasSubstr;

void expect_refusal(const std::string& name, ErrorCode code, const std::string& text) {
    try {
        find_device(name);
        FAIL() << "'" << name << "' was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
        EXPECT_THAT(error.what(), HasSubstr("'" + name + "'"));
        EXPECT_THAT(error.what(), HasSubstr(text));
    }
}

TEST(FindDeviceTest, RefusesWhatIsNoDevice) {
    for (const char* name : {"", "gpu", "cuda:x", "cuda:-1", "cpu,cuda", "meta", "CUDA"})
        expect_refusal(name, ErrorCode::kInvalidArgument, "auto, cpu, cuda");
}

TEST(FindDeviceTest, RefusesADeviceThatIsNotThere) {
    expect_refusal("cuda:99", ErrorCode::kUnsupported, "--device cpu");
    if (torch::cuda::device_count() == 0) expect_refusal("cuda", ErrorCode::kUnsupported, "--device cpu");
}

TEST(FindDeviceTest, AutoTakesWhatThereIs) {
    EXPECT_EQ(find_device("cpu"), torch::Device(torch::kCPU));
    EXPECT_EQ(find_device("auto").is_cuda(), torch::cuda::device_count() > 0);
}

// Where there is no GPU the processor stands in, which does the same through the same calls.
torch::Device device_under_test() {
    return find_device("auto");
}

TEST(DeviceRestorationTest, EqualsTheLibrarys) {
    for (const bool grid : {true, false}) {
        NetworkDescription description;
        description.channels = 8;
        description.depth = 4;
        if (!grid) description = dncnn_description(8, 4);
        Network network(description, false, 1);
        {
            torch::NoGradGuard no_gradient;
            torch::manual_seed(3);
            for (const auto& [name, value] : network.parameters())
                value.add_(torch::randn_like(value) * 0.02);
        }
        const auto model = std::make_shared<Model>(network.export_model("test", {}));
        network.to(device_under_test());
        // No multiple of 8, so that the border is continued.
        const std::vector<NamedPicture> pictures = {{"drawn", draw_picture(150, 93, 2)}};
        EvaluationOptions options;
        options.qualities = {20};
        options.threads = 1;
        const double expected = evaluate(model, pictures, options)[0].mean_restored().psnr,
                     actual =
                         evaluate(device_restoration(network), pictures, options)[0].mean_restored().psnr,
                     unrestored = evaluate(model, pictures, options)[0].mean_jpeg().psnr;
        EXPECT_NEAR(actual, expected, 0.02);
        EXPECT_GT(std::abs(expected - unrestored), 0.05) << "the network does nothing";
    }
}

TEST(DeviceRestorationTest, NeedsTheTable) {
    const Network network(dncnn_description(4, 3), false, 1);
    EvaluationOptions options;
    options.qualities = {20};
    options.estimate_table = true;
    EXPECT_THROW(evaluate(device_restoration(network), {{"drawn", draw_picture(64, 64, 2)}}, options), Error);
}

}  // namespace
}  // namespace jpegdeblock::training
