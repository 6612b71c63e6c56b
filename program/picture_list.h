// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "picture_writer.h"

namespace jpegdeblock {

/// A JPEG and what is to be made of it.
struct PictureJob {
    std::string source;
    std::string result;
    std::uint64_t bytes = 0;  ///< Of the source.
};

/// Part `number` (1..count) of all pictures; several machines each take one.
struct Shard {
    int number = 1;
    int count = 1;
};

/// "2/5". Nothing where it is none.
std::optional<Shard> parse_shard(const std::string& text);

struct UnreadableFolder {
    std::string path;
    std::string reason;  ///< The system's.
};

struct PictureList {
    std::vector<PictureJob> jobs;
    std::vector<UnreadableFolder> unreadable;  ///< The same for each shard.
};

/// The JPEGs among the files, and below the folders (files that end in .jpg, .jpeg, .jpe or .jfif, with
/// sub-folders, hidden ones and symbolic links to folders left out), each with its place in `output`: files
/// by their names, those below a folder by their path in it. JPEGs keep their names, other formats take their
/// own ending in place of JPEG's, or behind it where two would have the same name. Sorted. A shard holds
/// every count-th of them. Errors: kNotFound for what does not exist; kInvalidArgument where a result would
/// take the place of a source, or two of them the same.
PictureList list_jobs(const std::vector<std::string>& inputs, const std::string& output, FileFormat format,
                      const Shard& shard);

}  // namespace jpegdeblock
