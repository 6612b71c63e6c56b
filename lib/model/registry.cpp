// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sstream>

#include <jpegdeblock/error.h>
#include "model/model.h"

#include "model/file_names.h"

namespace jpegdeblock {

namespace {

/// Of the names of models for videos.
constexpr const char* kVideoSuffix = "-temporal";

std::vector<std::string> model_folders() {
    std::vector<std::string> folders;
    if (const char* variable = std::getenv("JPEGDEBLOCK_MODEL_PATH")) {
        std::istringstream list(variable);
        for (std::string folder; std::getline(list, folder, ':');)
            if (!folder.empty()) folders.push_back(folder);
    }
    folders.push_back(JPEGDEBLOCK_MODELS_DIR);
    return folders;
}

/// "'/usr/share/jpegdeblock/models' (balanced, fast)".
std::string describe_folder(const std::string& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), ::closedir);
    std::string text = "'" + folder + "' (";
    if (!directory) return text + std::strerror(errno) + ")";
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string name = entry->d_name;
        if (name.ends_with(kModelSuffix) && !name.ends_with(kGoldenSuffix))
            names.push_back(name.substr(0, name.size() - kModelSuffix.size()));
    }
    if (names.empty()) return text + "no models)";
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) text += (name == names.front() ? "" : ", ") + name;
    return text + ")";
}

/// Not by std::filesystem::path, whose operator / of GCC 12 ends the process where it gets no memory.
std::string file_in(const std::string& folder, const std::string& file) {
    return folder + (folder.ends_with('/') ? "" : "/") + file + std::string(kModelSuffix);
}

/// The first of the files that one of the folders holds; folder by folder, so that one's own come before
/// those that are installed. name: what was asked for.
std::string find_first_of(const std::vector<std::string>& files, const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos)
        throw Error(
            ErrorCode::kInvalidArgument,
            "'" + name +
                "' is not the name of a model; expected a name such as 'balanced'. Give the path of a "
                "file to the element's property 'model' or to load_model instead.");
    std::string looked_in;
    for (const std::string& folder : model_folders()) {
        for (const std::string& file : files) {
            std::string path = file_in(folder, file);
            if (::access(path.c_str(), F_OK) == 0) return path;
        }
        looked_in += (looked_in.empty() ? "" : ", ") + describe_folder(folder);
    }
    const std::vector<std::string>& presets = preset_names();
    const bool preset = std::find(presets.begin(), presets.end(), name) != presets.end();
    throw Error(ErrorCode::kNotFound,
                "There is no model '" + name + "' in " + looked_in +
                    "; set JPEGDEBLOCK_MODEL_PATH to the folder that holds it" +
                    (preset ? ", or the element's property 'model' to its file." : "."));
}

}  // namespace

const std::vector<std::string>& preset_names() {
    static const std::vector<std::string> names = {"fast", "balanced", "best", "dncnn"};
    return names;
}

std::string find_model(const std::string& name) {
    return find_first_of({name}, name);
}

std::string find_video_model(const std::string& name) {
    return find_first_of({name + kVideoSuffix, name}, name);
}

std::string golden_path(const std::string& model_path) {
    const std::string stem = model_path.ends_with(kModelSuffix)
                                 ? model_path.substr(0, model_path.size() - kModelSuffix.size())
                                 : model_path;
    return stem + std::string(kGoldenSuffix);
}

}  // namespace jpegdeblock
