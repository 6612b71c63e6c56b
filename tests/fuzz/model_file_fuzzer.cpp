// SPDX-License-Identifier: LGPL-2.1-or-later
// Model files; what can be loaded runs, where that takes little.
#include <filesystem>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "../support/temporary_folder.h"
#include "engine/engine.h"
#include "memory_file.h"
#include "safetensors_seeds.h"
#include "sample_networks.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    NetworkDescription smallest = test::sample_grid().network;
    smallest.channels = 1;
    smallest.depth = 2;
    smallest.skip_interval = 0;
    smallest.scale = 8;
    NetworkDescription plain = smallest;
    plain.conditioned = plain.phase_bias = false;
    const std::pair<const char*, Model> models[] = {
        {"grid", test::sample_model(smallest)},
        {"plain", test::sample_model(plain)},
        {"int8", test::with_int8(test::sample_model(plain))},
        {"temporal", test::sample_temporal()},
        {"dncnn", test::sample_dncnn()},
    };
    const test::TemporaryFolder folder;
    std::vector<Seed> result;
    for (const auto& [name, model] : models) {
        const std::string path = folder.file("model.safetensors");
        save_model(path, model);
        result.push_back({name, read_file(path)});
    }
    const Bytes grid = result[0].bytes;
    for (const auto& [field, value] : {std::pair{"scale", "3"},
                                       {"channels", "0"},
                                       {"channels", "257"},
                                       {"depth", "65"},
                                       {"skip_interval", "-1"},
                                       {"condition_width", "1025"},
                                       {"input_offset", "nan"},
                                       {"input_scale", "0"},
                                       {"architecture", "dncnn"},
                                       {"temporal", "true"}})
        result.push_back(
            changed(std::string(field) + "-" + value, grid,
                    [field = field, value = value](Safetensors& file) { file.metadata[field] = value; }));
    return result;
}

namespace {

constexpr double kMostMacs = 2000;  // For each pixel. More would only take time.
constexpr int kSide = 16;

void run(const std::shared_ptr<const Model>& model, Precision precision) {
    static const std::shared_ptr<Workers> workers = make_workers(1);
    const std::vector<std::uint8_t> samples(kSide * kSide, 100);
    std::vector<float> residual(samples.size());
    try {
        Engine engine(model, precision, workers);
        engine.run({samples.data(), kSide, kSide, kSide}, {}, ijg_luma_table(30), residual.data(), kSide);
    } catch (const Error&) {
    }
}

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock;
    static fuzz::MemoryFile file;
    file.set(data, size);
    try {
        const std::shared_ptr<const Model> model = load_model(file.path());
        evaluate_conditioning(*model, ijg_luma_table(50));
        if (macs_per_pixel(model->network) > fuzz::kMostMacs) return 0;
        fuzz::run(model, Precision::kF32);
        if (has_int8(*model)) fuzz::run(model, Precision::kInt8);
    } catch (const Error&) {
    }
    return 0;
}
