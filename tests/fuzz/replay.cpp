// SPDX-License-Identifier: LGPL-2.1-or-later
// A main function for fuzzers where there is no libFuzzer.
//     replay [--runs N] [--seconds N] [--seed N] [--keep FILE] [FILE|FOLDER]...
// runs the fuzzer on its own seeds and on the files; with --runs or --seconds then on what damaging them so
// often, or for so long, gives. A sanitizer or the fuzzer ends the program at what is wrong; the damaged
// input is then in the file that --keep names.
//     replay --write-seeds FOLDER
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <jpegdeblock/error.h>
#include <jpegdeblock/jpeg.h>

#include "fuzzer.h"

extern "C" [[gnu::weak]] std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                                             std::size_t max_size, unsigned seed);

namespace {

using jpegdeblock::fuzz::Bytes;
using jpegdeblock::fuzz::Seed;

constexpr std::size_t kMostGrowth = 4096;

/// Damages bytes without knowing what they are.
class Damager {
  public:
    std::mt19937 generator;

    unsigned below(std::size_t end) { return static_cast<unsigned>(generator() % end); }

    void damage(Bytes& bytes) {
        bytes.resize(std::max<std::size_t>(bytes.size(), 1));
        // Half of the time in the headers, which are short.
        const std::size_t at = below(below(2) == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 800));
        const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t length = std::min<std::size_t>(1 + below(64), bytes.size() - at);
        switch (below(5)) {
            case 0:
                *place = static_cast<std::uint8_t>(*place ^ 1u << below(8));
                break;
            case 1:
                *place = static_cast<std::uint8_t>(generator());
                break;
            case 2:
                bytes.resize(at);
                break;
            case 3:
                bytes.erase(place, place + static_cast<std::ptrdiff_t>(length));
                break;
            default: {
                const Bytes copy(place, place + static_cast<std::ptrdiff_t>(length));
                bytes.insert(bytes.begin() + below(bytes.size()), copy.begin(), copy.end());
            }
        }
    }
};

Damager damager;

Bytes damaged(const std::vector<Bytes>& inputs) {
    Bytes bytes = inputs[damager.below(inputs.size())];
    for (unsigned n = 1 + damager.below(6); n > 0; --n) {
        const std::size_t size = bytes.size();
        bytes.resize(size + kMostGrowth);
        const auto mutate = [&](auto with) { bytes.resize(with(bytes.data(), size, bytes.size())); };
        if (LLVMFuzzerCustomMutator != nullptr) {
            mutate([](std::uint8_t* data, std::size_t now, std::size_t most) {
                return LLVMFuzzerCustomMutator(data, now, most, static_cast<unsigned>(damager.generator()));
            });
        } else {
            mutate(LLVMFuzzerMutate);
        }
    }
    return bytes;
}

void write(const std::string& path, const Bytes& bytes) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return;
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
}

void read(const std::string& path, std::vector<Bytes>& inputs) {
    if (!std::filesystem::is_directory(path)) {
        inputs.push_back(jpegdeblock::read_file(path));
        return;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
        if (entry.is_regular_file()) inputs.push_back(jpegdeblock::read_file(entry.path().string()));
}

void run(const Bytes& bytes) {
    // Memory of its own, so that reading beyond its end is noticed.
    const Bytes copy(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) {
    Bytes bytes(data, data + size);
    damager.damage(bytes);
    bytes.resize(std::min(bytes.size(), max_size));
    std::copy(bytes.begin(), bytes.end(), data);
    return bytes.size();
}

int main(int argc, char** argv) {
    std::vector<Bytes> inputs;
    std::string kept;
    int seconds = 0;
    long most_runs = 0;
    try {
        for (int i = 1; i < argc; ++i) {
            const auto is = [&](const char* option) {
                return std::strcmp(argv[i], option) == 0 && i + 1 < argc;
            };
            if (is("--write-seeds")) {
                for (const Seed& seed : jpegdeblock::fuzz::seeds())
                    write(std::string(argv[i + 1]) + "/" + seed.name, seed.bytes);
                return 0;
            }
            if (is("--seconds")) {
                seconds = std::stoi(argv[++i]);
            } else if (is("--runs")) {
                most_runs = std::stol(argv[++i]);
            } else if (is("--seed")) {
                damager.generator.seed(static_cast<unsigned>(std::stoul(argv[++i])));
            } else if (is("--keep")) {
                kept = argv[++i];
            } else {
                read(argv[i], inputs);
            }
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    for (Seed& seed : jpegdeblock::fuzz::seeds()) inputs.push_back(std::move(seed.bytes));
    for (const Bytes& bytes : inputs) run(bytes);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    long runs = 0;
    for (; runs < most_runs || std::chrono::steady_clock::now() < end; ++runs) {
        const Bytes bytes = damaged(inputs);
        if (!kept.empty()) write(kept, bytes);
        run(bytes);
    }
    std::printf("%zu inputs, %ld damaged ones\n", inputs.size(), runs);
    return 0;
}
