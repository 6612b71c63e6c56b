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

/// Lists what is in `folder`, in the order in which the system has it; folders that cannot be read are named.
class FolderLister {
  public:
    FolderLister(const fs::path& folder, const fs::path& output, std::vector<Found>& found,
                 std::vector<UnreadableFolder>& unreadable)
        : top_(folder), output_(output), found_(found), unreadable_(unreadable) {}

    void list() {
        std::vector<fs::path> folders = {top_};
        while (!folders.empty()) {
            const fs::path folder = std::move(folders.back());
            folders.pop_back();
            std::error_code error;
            auto entry = fs::directory_iterator(folder, error);
            for (; !error && entry != fs::directory_iterator(); entry.increment(error)) take(*entry, folders);
            if (error) unreadable_.push_back({folder.string(), error.message()});
        }
    }

  private:
    void take(const fs::directory_entry& entry, std::vector<fs::path>& folders) {
        if (is_hidden(entry.path())) return;
        std::error_code error, output_error;
        const fs::file_status itself = entry.symlink_status(error);
        if (fs::is_directory(itself)) {
            // What earlier runs have made is no source.
            if (!fs::equivalent(entry.path(), output_, output_error)) folders.push_back(entry.path());
            return;
        }
        if (!is_jpeg_name(entry.path())) return;
        // A link that leads nowhere, and what cannot be looked at, are named when they are to be read.
        const fs::file_status status = entry.status(error);
        if (fs::is_regular_file(status) || !fs::exists(status) || !fs::status_known(status))
            found_.push_back({entry.path(), entry.path().lexically_relative(top_)});
    }

    const fs::path& top_;
    const fs::path& output_;
    std::vector<Found>& found_;
    std::vector<UnreadableFolder>& unreadable_;
};

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

PictureList list_jobs(const std::vector<std::string>& inputs, const std::string& output, FileFormat format,
                      const Shard& shard) {
    PictureList list;
    std::vector<Found> found;
    for (const std::string& input : inputs) {
        std::error_code error;
        const fs::file_status status = fs::status(input, error);
        if (!fs::exists(status))
            throw Error(ErrorCode::kNotFound, "There is no picture or folder '" + input + "'.");
        if (fs::is_directory(status)) {
            FolderLister(input, output, found, list.unreadable).list();
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
        list.jobs.push_back({found[i].source.string(), result, error ? 0 : bytes});
    }
    return list;
}

}  // namespace jpegdeblock
