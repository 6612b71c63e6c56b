// SPDX-License-Identifier: LGPL-2.1-or-later
// A mutator for safetensors files, which keeps the header's stated length and the offsets in it what they are
// meant to be more often than not: it changes the header's text word by word, or the data.
#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

#include "fuzzer.h"

namespace jpegdeblock::fuzz {
namespace {

constexpr std::size_t kLengthBytes = 8;

constexpr std::array<std::string_view, 36> kWords = {"0",
                                                     "1",
                                                     "2",
                                                     "4",
                                                     "-1",
                                                     "63",
                                                     "64",
                                                     "256",
                                                     "1024",
                                                     "65535",
                                                     "2147483648",
                                                     "1e9",
                                                     "1e-30",
                                                     "3.4e38",
                                                     "nan",
                                                     "inf",
                                                     "\"\"",
                                                     "null",
                                                     "true",
                                                     "false",
                                                     "[]",
                                                     "{}",
                                                     "\"F32\"",
                                                     "\"I8\"",
                                                     "\"U8\"",
                                                     "\"I32\"",
                                                     "grid",
                                                     "dncnn",
                                                     "limited",
                                                     "temporal",
                                                     "[8,8]",
                                                     "[1,0]",
                                                     "\\u0000",
                                                     "\"",
                                                     "9223372036854775807",
                                                     "18446744073709551615"};

bool is_word(char character) {
    return character != '"' && character != ',' && character != ':' && character != '[' && character != ']' &&
           character != '{' && character != '}';
}

class Mutator {
  public:
    explicit Mutator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t end) { return random_() % end; }

    void mutate_header(std::string& text) {
        if (text.empty()) text = "{}";
        std::size_t begin = below(text.size());
        if (below(4) == 0) return mutate_bytes(text);
        while (begin < text.size() && !is_word(text[begin])) ++begin;
        std::size_t end = begin;
        while (begin > 0 && is_word(text[begin - 1])) --begin;
        while (end < text.size() && is_word(text[end])) ++end;
        switch (below(3)) {
            case 0:
                text.replace(begin, end - begin, kWords[below(kWords.size())]);
                break;
            case 1: {  // A word from elsewhere in the header.
                const std::size_t from = below(text.size());
                text.replace(begin, end - begin, text.substr(from, end - begin));
                break;
            }
            default: {  // An entry again, or none.
                const std::size_t from = text.rfind(',', begin), to = text.find(',', end);
                if (from == std::string::npos || to == std::string::npos) return;
                const std::string entry = text.substr(from, to - from);
                below(2) == 0 ? text.erase(from, entry.size()) : text.insert(from, entry);
            }
        }
    }

    void mutate_bytes(std::string& bytes) {
        const std::size_t size = bytes.size();
        bytes.resize(size + 64);
        bytes.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(bytes.data()), size, bytes.size()));
    }

  private:
    std::minstd_rand random_;
};

}  // namespace
}  // namespace jpegdeblock::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    using namespace jpegdeblock::fuzz;
    Mutator mutator(seed);
    std::uint64_t length = 0;
    if (size >= kLengthBytes) std::memcpy(&length, data, kLengthBytes);
    if (size < kLengthBytes || length > size - kLengthBytes || mutator.below(8) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    const char* text = reinterpret_cast<const char*>(data) + kLengthBytes;
    std::string header(text, length), content(text + length, size - kLengthBytes - length);
    if (mutator.below(4) == 0) {
        mutator.mutate_bytes(content);
    } else {
        for (std::size_t n = 1 + mutator.below(3); n > 0; --n) mutator.mutate_header(header);
    }
    length = header.size();
    std::string all(kLengthBytes, '\0');
    std::memcpy(all.data(), &length, kLengthBytes);
    all += header + content;
    const std::size_t written = std::min(all.size(), max_size);
    std::memcpy(data, all.data(), written);
    return written;
}
