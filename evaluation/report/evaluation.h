// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <jpegdeblock/picture.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "jpeg/luma_codec.h"
#include "model/model.h"

namespace jpegdeblock {

/// Quality of a picture against its pristine original.
struct Quality {
    double psnr = 0;    ///< dB.
    double psnr_b = 0;  ///< dB.
    double ssim = 0;
};

/// One picture at one JPEG quality.
struct PictureResult {
    std::string name;
    double bits_per_pixel = 0;  ///< Of the grey JPEG file, for each sample of the plane.
    Quality jpeg, restored;
    int found_quality = 0;  ///< What the restoration took the JPEG's quality for; 0: none.
    /// Whether it restored by the JPEG's own quantization table and grid, all 64 steps of it.
    bool table_exact = false;
};

/// All pictures at one JPEG quality.
struct QualityResult {
    int quality = 0;
    std::vector<PictureResult> pictures;

    /// Means over the pictures (of the decibels, as the literature does).
    Quality mean_jpeg() const;
    Quality mean_restored() const;
    double mean_bits_per_pixel() const;
    /// Pictures whose restored PSNR is below their JPEG's.
    int pictures_worse() const;
    /// Pictures with table_exact.
    int tables_exact() const;
};

struct EvaluationOptions {
    std::vector<int> qualities = {10, 20, 30, 40, 60, 80};
    Precision precision = Precision::kF32;
    int threads = 0;
    bool chroma = false;          ///< The pictures are planes of chroma: JPEGs have the IJG's tables for it.
    bool estimate_table = false;  ///< true: restore from the pixels alone, as the filter element does.
    IdctMethod idct = IdctMethod::kIslow;
    PictureOptions restoration;
};

/// A pristine picture, or a plane of its chroma, with the name to report.
struct NamedPicture {
    std::string name;
    LumaImage luma;
};

/// What is to be evaluated of a picture file: its luma, or its planes of chroma at half its size, as most
/// JPEGs have them. Errors: as load_planes.
std::vector<NamedPicture> load_for_evaluation(const std::string& path, const std::string& name, bool chroma);

/// What evaluate made of one picture: the JPEG file and the restored luma.
struct RestoredPicture {
    const std::string& name;
    int quality;
    const std::vector<std::uint8_t>& jpeg;
    const LumaImage& restored;
};

/// Restores a decoded plane into another one, which holds a copy of it. table: its JPEG's, unless that is to
/// be found.
using Restore = std::function<FrameReport(ConstPlane decoded, Plane restored,
                                          const std::optional<QuantizationTable>& table)>;

/// Writes each picture as a grey JPEG at each quality, decodes and restores it with the run-time library
/// (what the elements do), and measures. progress is called with done and total pictures, keep with each
/// result.
std::vector<QualityResult> evaluate(std::shared_ptr<const Model> model,
                                    const std::vector<NamedPicture>& pictures,
                                    const EvaluationOptions& options,
                                    const std::function<void(int done, int total)>& progress = {},
                                    const std::function<void(const RestoredPicture&)>& keep = {});

/// As evaluate, of anything that restores; of the options, precision, threads and restoration are not used.
std::vector<QualityResult> evaluate(const Restore& restore, const std::vector<NamedPicture>& pictures,
                                    const EvaluationOptions& options,
                                    const std::function<void(int done, int total)>& progress = {},
                                    const std::function<void(const RestoredPicture&)>& keep = {});

}  // namespace jpegdeblock
