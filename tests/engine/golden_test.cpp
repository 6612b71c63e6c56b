// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <jpegdeblock/error.h>
#include "engine/engine.h"

namespace jpegdeblock {
namespace {

/// Models of the source tree that have a golden file beside them.
std::vector<std::string> models_with_golden() {
    std::vector<std::string> result;
    const char* folder = std::getenv("JPEGDEBLOCK_SOURCE_MODELS");
    if (!folder) return result;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string path = entry.path().string();
        if (path.ends_with(".safetensors") && !path.ends_with(".golden.safetensors") &&
            std::filesystem::exists(golden_path(path)))
            result.push_back(path);
    }
    std::sort(result.begin(), result.end());
    return result;
}

double root_mean_square(const std::vector<float>& values) {
    double sum = 0;
    for (const float value : values) sum += double(value) * value;
    return std::sqrt(sum / double(values.size()));
}

/// Root mean square of the error, relative to that of the residual.
double relative_error(const std::string& path, Precision precision) {
    const Golden golden = load_golden(golden_path(path));
    Engine engine(load_model(path), precision, make_workers(2));
    std::vector<float> error(golden.residual.size());
    engine.run({golden.luma.data(), golden.width, golden.height, golden.width}, {}, golden.table,
               error.data(), golden.width,
               {golden.history.empty() ? nullptr : golden.history.data(), golden.width, golden.height,
                golden.width});
    for (std::size_t i = 0; i < error.size(); ++i) error[i] -= golden.residual[i];
    return root_mean_square(error) / root_mean_square(golden.residual);
}

TEST(Golden, ShippedModelsComputeWhatTheirTrainerDid) {
    const auto models = models_with_golden();
    if (models.empty()) GTEST_SKIP() << "No model with a golden file in the source tree.";
    for (const std::string& path : models) {
        SCOPED_TRACE(path);
        EXPECT_LT(relative_error(path, Precision::kF32), 1e-4);
        // In int8 what the trainer's quantization may lose: some hundredths of a dB of the restored picture.
        // Without skips what bf16 rounds passes through every layer to the end.
        const double most_bf16 = load_model(path)->network.skip_interval > 0 ? 0.03 : 0.1;
        for (const auto& [precision, most] :
             {std::pair{Precision::kBf16, most_bf16}, {Precision::kInt8, 0.15}}) {
            try {
                EXPECT_LT(relative_error(path, precision), most) << name_of(precision);
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::kUnsupported) << error.what();
            }
        }
    }
}

}  // namespace
}  // namespace jpegdeblock
