// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "jpeg/luma_codec.h"
#include "model/model.h"
#include "prepared/mat_file.h"

namespace jpegdeblock::training {

/// Where a prepared data set keeps what. As in MathWorks' example 'JPEG Image Deblocking Using Deep
/// Learning': two folders of MAT files with equal names, NAMEqQ.mat for picture NAME at JPEG quality Q.
///   compressedImages: variable Iq, luma of the compressed picture
///   residualImages:   variable Iresidual = Iq - reference, so that reference = Iq - Iresidual;
///                     reference: luma of the same picture at quality 100
/// Values are levels / 255. Rows of a matrix are rows of the picture.
inline constexpr const char* kCompressedFolder = "compressedImages";
inline constexpr const char* kResidualFolder = "residualImages";
inline constexpr const char* kCompressedVariable = "Iq";
inline constexpr const char* kResidualVariable = "Iresidual";
/// Text in each file: "full" or "limited", see LumaRange.
inline constexpr const char* kRangeVariable = "range";

/// The files of one picture at one quality.
struct PreparedPair {
    std::string compressed;
    std::string residual;
};
PreparedPair pair_paths(const std::string& dataset, const std::string& name, int quality);

/// A name for each picture below `folder`: its path there without the ending, '/' made '_'; where that is
/// the same for several, the ending or a number distinguishes them.
std::vector<std::string> picture_names(const std::string& folder, const std::vector<std::string>& paths);

/// All pairs of a data set, sorted; files without counterpart are left out and counted.
struct PairList {
    std::vector<PreparedPair> pairs;
    std::size_t unpaired = 0;
};
/// Throws Error(kNotFound) when a folder is missing or there is no pair.
PairList list_pairs(const std::string& dataset);

/// dataset.json beside the two folders.
struct DatasetDescription {
    std::string pictures;  ///< The folder of pristine pictures.
    LumaRange range = LumaRange::kFull;
    std::vector<int> qualities;
};
/// Nothing when there is no such file. Throws Error(kInvalidFile) when it is damaged.
std::optional<DatasetDescription> load_description(const std::string& dataset);
/// Writes it atomically. Throws Error(kUnwritable).
void save_description(const std::string& dataset, const DatasetDescription& description);

/// "full" or "limited", and back; throws Error(kInvalidFile) naming `origin` for another text.
std::string range_text(LumaRange range);
LumaRange parse_range(const std::string& text, const std::string& origin);

/// The scale of luma of a data set: as dataset.json says, or the first pair; limited where neither does, as
/// in data that MathWorks' example made.
LumaRange dataset_range(const std::string& dataset, const std::vector<PreparedPair>& pairs);

}  // namespace jpegdeblock::training
