// SPDX-License-Identifier: LGPL-2.1-or-later
#include "picture_list.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include <jpegdeblock/error.h>

namespace jpegdeblock {
namespace {

namespace fs = std::filesystem;

bool is_jpeg_name(const fs::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ending == ".jpg" || ending == ".jpeg" || ending == ".jpe" || ending == ".jfif";
}

bool is_hidden(const fs::path& path) {
    return path.filename().string().starts_with('.');
}

/// A source and its place below the output folder, with the source's own name.
struct Found {
    fs::path source;
    fs::path place;
};

void list_folder(const fs::path& folder, const fs::path& output, std::vector<Found>& found) {
    std::error_code output_error;
    auto entry = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied);
    for (; entry != fs::recursive_directory_iterator(); ++entry) {
        std::error_code error;
        if (entry->is_directory(error)) {
            // What earlier runs have made is no source.
            if (is_hidden(entry->path()) || fs::equivalent(entry->path(), output, output_error))
                entry.disable_recursion_pending();
            continue;
        }
        if (is_jpeg_name(entry->path()) && !is_hidden(entry->path()) && entry->is_regular_file(error))
            found.push_back({entry->path(), entry->path().lexically_relative(folder)});
    }
}

fs::path resolved(const fs::path& path) {
    std::error_code error;
    const fs::path result = fs::weakly_canonical(path, error);
    return error ? path.lexically_normal() : result;
}

}  // namespace

std::optional<Shard> parse_shard(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return std::nullopt;
    const auto number = [](const char* begin, const char* end) -> int {
        int value = 0;
        const auto [rest, error] = std::from_chars(begin, end, value);
        return error == std::errc() && rest == end ? value : 0;
    };
    const Shard shard = {number(text.data(), text.data() + slash),
                         number(text.data() + slash + 1, text.data() + text.size())};
    if (shard.number < 1 || shard.count < shard.number) return std::nullopt;
    return shard;
}

std::vector<PictureJob> list_jobs(const std::vector<std::string>& inputs, const std::string& output,
                                  FileFormat format, const Shard& shard) {
    std::vector<Found> found;
    for (const std::string& input : inputs) {
        std::error_code error;
        const fs::file_status status = fs::status(input, error);
        if (!fs::exists(status))
            throw Error(ErrorCode::kNotFound, "There is no picture or folder '" + input + "'.");
        if (fs::is_directory(status)) {
            list_folder(input, output, found);
        } else {
            found.push_back({input, fs::path(input).filename()});
        }
    }
    std::sort(found.begin(), found.end(),
              [](const Found& a, const Found& b) { return a.source.native() < b.source.native(); });
    found.erase(std::unique(found.begin(), found.end(),
                            [](const Found& a, const Found& b) {
                                return a.source == b.source && a.place == b.place;
                            }),
                found.end());

    const auto replaced = [&](const Found& file) {
        return format == FileFormat::kJpeg ? file.place
                                           : fs::path(file.place).replace_extension(extension_of(format));
    };
    std::map<fs::path, int> wanted;
    for (const Found& file : found) ++wanted[replaced(file)];
    std::set<std::string> sources, results;
    for (const Found& file : found) sources.insert(resolved(file.source).string());
    std::vector<PictureJob> jobs;
    for (std::size_t i = 0; i < found.size(); ++i) {
        fs::path place = replaced(found[i]);
        if (format != FileFormat::kJpeg && wanted[place] > 1)
            place = found[i].place.string() + extension_of(format);
        const std::string result = (fs::path(output) / place).string();
        const std::string absolute_result = resolved(result).string();
        if (sources.contains(absolute_result))
            throw Error(ErrorCode::kInvalidArgument,
                        "'" + result + "' is a picture to restore: name another folder with --output.");
        if (!results.insert(absolute_result).second)
            throw Error(ErrorCode::kInvalidArgument, "Two pictures would both become '" + result +
                                                         "': restore them into different folders.");
        if (static_cast<int>(i % static_cast<std::size_t>(shard.count)) != shard.number - 1) continue;
        std::error_code error;
        const std::uintmax_t bytes = fs::file_size(found[i].source, error);
        jobs.push_back({found[i].source.string(), result, error ? 0 : bytes});
    }
    return jobs;
}

}  // namespace jpegdeblock
