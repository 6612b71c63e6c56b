// SPDX-License-Identifier: LGPL-2.1-or-later
#include "screens/words.h"

#include <cstdio>

#include "patches/random_draws.h"

namespace jpegdeblock::training {
namespace {

void append_utf8(std::string& text, char32_t letter) {
    const auto byte = [&text](char32_t value) { text += static_cast<char>(value); };
    if (letter < 0x80) {
        byte(letter);
    } else if (letter < 0x800) {
        byte(0xC0 | (letter >> 6));
        byte(0x80 | (letter & 0x3F));
    } else {
        byte(0xE0 | (letter >> 12));
        byte(0x80 | ((letter >> 6) & 0x3F));
        byte(0x80 | (letter & 0x3F));
    }
}

std::string capitalized(std::string word) {
    if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 'a' + 'A');
    return word;
}

std::string formatted(const char* format, auto... values) {
    char text[64];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

}  // namespace

RandomDraws::RandomDraws(std::uint64_t seed) : generator_(generator_of(seed)) {}

double RandomDraws::real(double low, double high) {
    return std::uniform_real_distribution<double>(low, std::max(low, high))(generator_);
}

int RandomDraws::integer(int low, int high) {
    return std::uniform_int_distribution<int>(low, std::max(low, high))(generator_);
}

const std::vector<Script>& other_scripts() {
    static const std::vector<Script> scripts = {
        {U'\u0430', U'\u044F', 10, true},   // Cyrillic
        {U'\u03B1', U'\u03C9', 9, true},    // Greek
        {U'\u0561', U'\u0586', 9, true},    // Armenian
        {U'\u10D0', U'\u10F0', 9, true},    // Georgian
        {U'\u05D0', U'\u05EA', 7, true},    // Hebrew
        {U'\u0641', U'\u064A', 7, true},    // Arabic
        {U'\u0915', U'\u0939', 6, true},    // Devanagari
        {U'\u0E01', U'\u0E2E', 12, false},  // Thai
        {U'\u304B', U'\u3062', 8, false},   // Hiragana
        {U'\u30AB', U'\u30C2', 8, false},   // Katakana
        {U'\u4E00', U'\u9F00', 6, false},   // Han
        {U'\uAC00', U'\uD7A0', 4, true},    // Hangul
    };
    return scripts;
}

std::string WordSource::word() {
    std::string text;
    if (!script_.latin()) {
        const int letters = random_.integer(1, script_.longest_word);
        for (int i = 0; i < letters; ++i)
            append_utf8(text, static_cast<char32_t>(random_.integer(static_cast<int>(script_.first),
                                                                    static_cast<int>(script_.last))));
        return text;
    }
    static const std::vector<std::string> onsets = {"b",  "c",  "d",  "f",  "g",  "h",  "k", "l", "m",
                                                    "n",  "p",  "r",  "s",  "t",  "v",  "w", "",  "st",
                                                    "th", "pr", "ch", "sh", "tr", "qu", "j", "y", "z"};
    static const std::vector<std::string> vowels = {"a", "e", "i", "o",  "u",  "a",
                                                    "e", "i", "o", "ea", "ou", "io"};
    static const std::vector<std::string> accented = {"\u00E9", "\u00F6", "\u00E0", "\u00FC", "\u00F1o"};
    static const std::vector<std::string> codas = {"",  "",  "",  "n",  "r",  "s",  "t",
                                                   "l", "d", "m", "nd", "ng", "ck", "x"};
    const int syllables = random_.integer(1, random_.chance(0.25) ? 4 : 2);
    for (int i = 0; i < syllables; ++i) {
        text += random_.pick(onsets);
        text += random_.pick(random_.chance(0.03) ? accented : vowels);
    }
    return text + random_.pick(codas);
}

std::string WordSource::letter() {
    std::string text;
    if (script_.latin())
        append_utf8(text, static_cast<char32_t>(random_.integer('A', 'Z')));
    else
        append_utf8(text, static_cast<char32_t>(random_.integer(static_cast<int>(script_.first),
                                                                static_cast<int>(script_.last))));
    return text;
}

std::string WordSource::title(int words) {
    std::string text;
    for (int i = 0; i < words; ++i) text += (i == 0 ? "" : " ") + capitalized(word());
    return text;
}

std::string WordSource::sentence() {
    std::string text;
    const int words = random_.integer(4, 14);
    for (int i = 0; i < words; ++i) {
        if (i > 0 && script_.spaces) text += ' ';
        if (random_.chance(0.03))
            text += number();
        else
            text += i == 0 || random_.chance(0.05) ? capitalized(word()) : word();
        if (i + 1 < words && random_.chance(0.1)) text += script_.spaces ? "," : "\u3001";
    }
    static const std::vector<std::string> ends = {".", ".", ".", ".", "!", "?", ":"};
    return text + (script_.spaces ? random_.pick(ends) : "\u3002");
}

std::string WordSource::paragraph(int sentences) {
    std::string text;
    for (int i = 0; i < sentences; ++i) text += (i > 0 && script_.spaces ? " " : "") + sentence();
    return text;
}

std::string WordSource::number() {
    switch (random_.integer(0, 6)) {
        case 0:
            return formatted("%d", random_.integer(0, 9999));
        case 1:
            return formatted("%.2f", random_.real(0, 1000));
        case 2:
            return formatted("%d,%03d", random_.integer(1, 999), random_.integer(0, 999));
        case 3:
            return formatted("%.1f%%", random_.real(0, 100));
        case 4:
            return formatted("$%d.%02d", random_.integer(1, 5000), random_.integer(0, 99));
        case 5:
            return formatted("%.1f MB", random_.real(0.1, 900));
        default:
            return formatted("-%.3f", random_.real(0, 10));
    }
}

std::string WordSource::file_name() {
    static const std::vector<std::string> endings = {".txt", ".cpp", ".png", ".pdf", ".py",
                                                     ".tar", ".md",  "",     ".log", ".json"};
    std::string name = word();
    if (random_.chance(0.4)) name += (random_.chance(0.5) ? "_" : "-") + word();
    return name + random_.pick(endings);
}

std::string WordSource::time() {
    return formatted("%02d:%02d", random_.integer(0, 23), random_.integer(0, 59));
}

std::string WordSource::date() {
    return formatted("%04d-%02d-%02d", random_.integer(1990, 2035), random_.integer(1, 12),
                     random_.integer(1, 28));
}

}  // namespace jpegdeblock::training
