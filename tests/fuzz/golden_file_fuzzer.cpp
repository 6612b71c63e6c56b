// SPDX-License-Identifier: LGPL-2.1-or-later
// Golden files.
#include <cmath>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "../support/temporary_folder.h"
#include "memory_file.h"
#include "model/model.h"
#include "safetensors_seeds.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("x.golden.safetensors");
    Golden golden{8, 16, std::vector<std::uint8_t>(128, 7), {}, std::vector<float>(128, 0.5f)};
    std::vector<Seed> result;
    save_golden(path, golden);
    result.push_back({"golden", read_file(path)});
    golden.history.assign(128, 128);
    save_golden(path, golden);
    const Bytes whole = read_file(path);
    result.push_back({"history", whole});
    const auto add = [&](const char* name, const std::function<void(Safetensors&)>& change) {
        result.push_back(changed(name, whole, change));
    };
    add("one-dimension", [](Safetensors& file) { file.tensors["luma"].shape = {128}; });
    add("low", [](Safetensors& file) { file.tensors["luma"].shape = {4, 32}; });
    add("history-type", [](Safetensors& file) { file.tensors["history"].type = DataType::kI8; });
    add("small-history", [](Safetensors& file) {
        file.tensors["history"] = make_tensor(DataType::kU8, {8, 8});
    });
    add("step-0", [](Safetensors& file) { file.tensors["table"].as<std::int32_t>()[3] = 0; });
    add("not-finite", [](Safetensors& file) { file.tensors["residual"].as<float>()[5] = NAN; });
    return result;
}

}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace jpegdeblock;
    static fuzz::MemoryFile file;
    file.set(data, size);
    try {
        const Golden golden = load_golden(file.path());
        const auto pixels = static_cast<std::size_t>(golden.width) * static_cast<std::size_t>(golden.height);
        fuzz::require(golden.luma.size() == pixels && golden.residual.size() == pixels, "planes are whole");
        fuzz::require(golden.history.empty() || golden.history.size() == pixels, "so is the history");
    } catch (const Error&) {
    }
    return 0;
}
