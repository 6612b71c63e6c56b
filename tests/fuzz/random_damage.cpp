// SPDX-License-Identifier: LGPL-2.1-or-later
// A main function for reader_fuzzer.cpp where there is no libFuzzer: replays files, and with --runs N or
// --seconds N damages them at random so often, or for so long. The exit status is 0 unless a sanitizer or the
// fuzzer ends the program; the damaged input is then in the file that --keep names.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "jpeg/luma_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

class Damager {
  public:
    explicit Damager(std::vector<Bytes> files, unsigned seed) : files_(std::move(files)), generator_(seed) {}

    Bytes next() {
        Bytes bytes = one_of(files_);
        for (unsigned n = 1 + below(6); n > 0 && !bytes.empty(); --n) damage(bytes);
        return bytes;
    }

  private:
    unsigned below(std::size_t end) { return static_cast<unsigned>(generator_() % end); }

    const Bytes& one_of(const std::vector<Bytes>& files) { return files[below(files.size())]; }

    void damage(Bytes& bytes) {
        // Half of the time in the headers, which are short.
        const std::size_t at = below(below(2) == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 800));
        const auto place = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t length = std::min<std::size_t>(1 + below(64), bytes.size() - at);
        switch (below(7)) {
            case 0:
                *place = static_cast<std::uint8_t>(*place ^ 1u << below(8));
                break;
            case 1:
                *place = static_cast<std::uint8_t>(generator_());
                break;
            case 2:
                bytes.resize(at);
                break;
            case 3:
                bytes.erase(place, place + static_cast<std::ptrdiff_t>(length));
                break;
            case 4: {
                const Bytes copy(place, place + static_cast<std::ptrdiff_t>(length));
                bytes.insert(bytes.begin() + below(bytes.size()), copy.begin(), copy.end());
                break;
            }
            case 5: {
                const std::uint8_t marker[] = {0xff, static_cast<std::uint8_t>(0xc0 + below(0x40))};
                bytes.insert(place, std::begin(marker), std::end(marker));
                break;
            }
            default: {
                const Bytes& other = one_of(files_);
                bytes.resize(at);
                const std::size_t from = std::min<std::size_t>(at, other.size());
                bytes.insert(bytes.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
            }
        }
    }

    std::vector<Bytes> files_;
    std::mt19937 generator_;
};

void keep(const std::string& path, const Bytes& bytes) {
    if (path.empty()) return;
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return;
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<Bytes> files;
    std::string kept;
    int seconds = 0;
    long most_runs = 0;
    unsigned seed = 1;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            seconds = std::atoi(argv[++i]);
        } else if (std::strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
            most_runs = std::atol(argv[++i]);
        } else if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            seed = static_cast<unsigned>(std::atoi(argv[++i]));
        } else if (std::strcmp(argv[i], "--keep") == 0 && i + 1 < argc) {
            kept = argv[++i];
        } else {
            files.push_back(jpegdeblock::read_file(argv[i]));
        }
    }
    for (const Bytes& bytes : files) LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    if (files.empty()) return 0;
    Damager damager(std::move(files), seed);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    long runs = 0;
    for (; runs < most_runs || std::chrono::steady_clock::now() < end; ++runs) {
        const Bytes bytes = damager.next();
        keep(kept, bytes);
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    std::printf("%ld damaged files\n", runs);
    return 0;
}
