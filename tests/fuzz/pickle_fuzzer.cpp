// SPDX-License-Identifier: LGPL-2.1-or-later
// Python's pickles, as files of PyTorch hold them.
#include "../training/import/pickle_writer.h"

#include <jpegdeblock/error.h>

#include <set>
#include <span>

#include "fuzzer.h"
#include "import/pickle.h"

namespace jpegdeblock::fuzz {

std::vector<Seed> seeds() {
    using namespace pickle_writer;
    const StoredTensor weight{"a.weight", "FloatStorage", "0", 6, {2, 3}, {3, 1}};
    const StoredTensor bias{"a.bias", "HalfStorage", "1", 2, {2}, {1}};
    const std::string pickles[] = {
        whole(state_dict({weight, bias})),
        whole(state_dict({weight, bias}, true)),
        whole("}(" + text("epoch") + integer(3) + text("state_dict") + state_dict({weight}) + "u"),
        whole("]q\x01(K\x01M\x02\x03G@\x09!\xfbTD-\x18U\x03"
              "abch\x01"
              "e"),
        "\x80\x04\x95\x0a" + std::string(7, '\0') + "\x8c\x02os\x94\x8c\x06system\x94\x93\x94)R.",
    };
    std::vector<Seed> result;
    for (const std::string& pickle : pickles)
        result.push_back({"pickle-" + std::to_string(result.size()), {pickle.begin(), pickle.end()}});
    return result;
}

namespace {

using training::PickleValue;

/// All that there is, each container once. Values are shared, and might contain each other.
void visit(const PickleValue& value, std::set<const void*>& seen) {
    if (const auto* items = value.sequence(); items != nullptr && seen.insert(items).second)
        for (const PickleValue& item : *items) visit(item, seen);
    if (const auto* entries = value.dictionary(); entries != nullptr && seen.insert(entries).second)
        for (const auto& [key, entry] : *entries) {
            visit(key, seen);
            visit(entry, seen);
        }
}

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::span<const std::uint8_t> bytes(data, size);
    try {
        for (int n = 0; n < 5; ++n) {
            std::set<const void*> seen;
            jpegdeblock::fuzz::visit(jpegdeblock::training::read_pickle(bytes), seen);
        }
    } catch (const jpegdeblock::Error&) {
    }
    return 0;
}
