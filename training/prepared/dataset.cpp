// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepared/dataset.h"

#include <jpegdeblock/error.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "report/text_file.h"

namespace jpegdeblock::training {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "jpegdeblock-prepared-1";

std::string description_path(const std::string& dataset) {
    return (fs::path(dataset) / "dataset.json").string();
}

std::string flattened(fs::path relative) {
    std::string name = relative.generic_string();
    std::replace(name.begin(), name.end(), '/', '_');
    return name;
}

std::set<std::string> mat_names(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error))
        throw Error(ErrorCode::kNotFound,
                    "there is no folder '" + folder.string() +
                        "'; give a folder that 'jpegdeblock-train prepare' wrote, with " + kCompressedFolder +
                        " and " + kResidualFolder + " in it");
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".mat") names.insert(entry.path().filename().string());
    return names;
}

}  // namespace

PreparedPair pair_paths(const std::string& dataset, const std::string& name, int quality) {
    const std::string file = name + "q" + std::to_string(quality) + ".mat";
    return {(fs::path(dataset) / kCompressedFolder / file).string(),
            (fs::path(dataset) / kResidualFolder / file).string()};
}

std::vector<std::string> picture_names(const std::string& folder, const std::vector<std::string>& paths) {
    std::vector<fs::path> relative;
    std::map<std::string, int> uses;
    for (const std::string& path : paths) {
        relative.push_back(fs::path(path).lexically_relative(folder));
        ++uses[flattened(fs::path(relative.back()).replace_extension())];
    }
    std::set<std::string> taken;
    std::vector<std::string> names;
    for (const fs::path& path : relative) {
        std::string name = flattened(fs::path(path).replace_extension());
        if (uses[name] > 1) name = flattened(path);
        std::string unique = name;
        for (int number = 2; !taken.insert(unique).second; ++number)
            unique = name + "_" + std::to_string(number);
        names.push_back(unique);
    }
    return names;
}

PairList list_pairs(const std::string& dataset) {
    const std::set<std::string> compressed = mat_names(fs::path(dataset) / kCompressedFolder);
    const std::set<std::string> residual = mat_names(fs::path(dataset) / kResidualFolder);
    PairList list;
    for (const std::string& name : compressed)
        if (residual.contains(name))
            list.pairs.push_back({(fs::path(dataset) / kCompressedFolder / name).string(),
                                  (fs::path(dataset) / kResidualFolder / name).string()});
    list.unpaired = compressed.size() + residual.size() - 2 * list.pairs.size();
    if (list.pairs.empty())
        throw Error(ErrorCode::kNotFound, "'" + dataset + "' holds no file that is both in " +
                                              kCompressedFolder + " and in " + kResidualFolder);
    return list;
}

std::optional<DatasetDescription> load_description(const std::string& dataset) {
    const std::string path = description_path(dataset);
    std::ifstream file(path);
    if (!file) return std::nullopt;
    try {
        const nlohmann::json json = nlohmann::json::parse(file);
        if (json.at("format") != kFormat)
            throw Error(ErrorCode::kInvalidFile, "'" + path + "' is not of the format " + kFormat);
        DatasetDescription description;
        description.pictures = json.at("pictures").get<std::string>();
        description.range = parse_range(json.at("range").get<std::string>(), path);
        description.qualities = json.at("qualities").get<std::vector<int>>();
        return description;
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorCode::kInvalidFile, "'" + path + "' is damaged: " + error.what());
    }
}

void save_description(const std::string& dataset, const DatasetDescription& description) {
    const bool full = description.range == LumaRange::kFull;
    const nlohmann::ordered_json json = {
        {"format", kFormat},
        {"pictures", description.pictures},
        {"range", range_text(description.range)},
        {"range_means", full ? "JPEG luma, 0..255" : "BT.601 luma as MATLAB's rgb2ycbcr gives it, 16..235"},
        {"qualities", description.qualities},
        {"chroma", "4:2:0"},
        {"units", "levels / 255"},
        {"compressed", {{"folder", kCompressedFolder}, {"variable", kCompressedVariable}}},
        {"residual", {{"folder", kResidualFolder}, {"variable", kResidualVariable}}},
        {"residual_is", "compressed - reference; reference: the same picture at quality 100"}};
    write_text_file(description_path(dataset), json.dump(2) + '\n');
}

std::string range_text(LumaRange range) {
    return range == LumaRange::kFull ? "full" : "limited";
}

LumaRange parse_range(const std::string& text, const std::string& origin) {
    if (text == "full") return LumaRange::kFull;
    if (text == "limited") return LumaRange::kLimited;
    throw Error(ErrorCode::kInvalidFile,
                "'" + origin + "' has the luma range '" + text + "', expected 'full' or 'limited'");
}

LumaRange dataset_range(const std::string& dataset, const std::vector<PreparedPair>& pairs) {
    if (const auto description = load_description(dataset)) return description->range;
    const std::string& first = pairs.front().compressed;
    const auto text = read_mat_text(first, kRangeVariable);
    return text ? parse_range(*text, first) : LumaRange::kLimited;
}

}  // namespace jpegdeblock::training
