// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace jpegdeblock::training {

/// Seeded random draws.
class RandomDraws {
  public:
    explicit RandomDraws(std::uint64_t seed);
    double real(double low, double high);
    /// low..high, both included; low where high is less.
    int integer(int low, int high);
    bool chance(double probability) { return real(0, 1) < probability; }
    template <typename T>
    const T& pick(const std::vector<T>& values) {
        return values[static_cast<std::size_t>(integer(0, static_cast<int>(values.size()) - 1))];
    }

  private:
    std::mt19937_64 generator_;
};

/// A writing system: the letters that invented words are made of. Latin ones are made of syllables instead.
struct Script {
    char32_t first = 0;
    char32_t last = 0;
    int longest_word = 9;
    bool spaces = true;
    bool latin() const { return first == 0; }
};

/// Scripts besides Latin, each a run of letters without gaps.
const std::vector<Script>& other_scripts();

/// Invented text of one script.
class WordSource {
  public:
    WordSource(RandomDraws& random, Script script) : random_(random), script_(script) {}
    std::string word();
    /// One letter, a capital where the script has them.
    std::string letter();
    std::string title(int words);
    std::string sentence();
    std::string paragraph(int sentences);
    /// A number as programs show them: with decimals, units, thousands, percent or currency.
    std::string number();
    std::string file_name();
    std::string time();
    std::string date();

  private:
    RandomDraws& random_;
    Script script_;
};

}  // namespace jpegdeblock::training
