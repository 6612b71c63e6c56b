// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/figures.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "report/rate_distortion.h"

namespace jpegdeblock {
namespace {

nlohmann::json or_null(const std::optional<double>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace

nlohmann::json to_json(const Quality& quality) {
    return {{"psnr", quality.psnr}, {"psnr_b", quality.psnr_b}, {"ssim", quality.ssim}};
}

nlohmann::json figures(const std::vector<QualityResult>& results) {
    const RateCurves curves = mean_curves(results);
    const std::vector<std::optional<double>> rates = picture_rates(results);
    nlohmann::json rows = nlohmann::json::array();
    for (std::size_t i = 0; i < results.size(); ++i) {
        const QualityResult& result = results[i];
        nlohmann::json pictures = nlohmann::json::array();
        for (const PictureResult& picture : result.pictures)
            pictures.push_back({{"name", picture.name},
                                {"bits_per_pixel", picture.bits_per_pixel},
                                {"jpeg", to_json(picture.jpeg)},
                                {"restored", to_json(picture.restored)},
                                {"found_quality", picture.found_quality},
                                {"table_exact", picture.table_exact}});
        rows.push_back({{"quality", result.quality},
                        {"bits_per_pixel", result.mean_bits_per_pixel()},
                        {"jpeg", to_json(result.mean_jpeg())},
                        {"restored", to_json(result.mean_restored())},
                        {"pictures_worse", result.pictures_worse()},
                        {"tables_exact", result.tables_exact()},
                        {"bytes_saved", or_null(saved_share(curves, i))},
                        {"pictures", pictures}});
    }
    nlohmann::json pictures = nlohmann::json::array();
    for (std::size_t i = 0; i < rates.size(); ++i)
        pictures.push_back({{"name", results.front().pictures[i].name}, {"bd_rate", or_null(rates[i])}});
    return {{"bd_rate", or_null(mean_of(rates))}, {"pictures", pictures}, {"qualities", rows}};
}

nlohmann::json figures(const ClipResult& result) {
    return {{"clip", result.clip},
            {"kind", result.kind},
            {"quality", result.quality},
            {"psnr_decoded", result.decoded},
            {"psnr_single", result.single},
            {"psnr_temporal", result.temporal},
            {"first_psnr_single", result.first_single},
            {"first_psnr_temporal", result.first_temporal},
            {"gains", result.gains},
            {"worst_gain", result.worst},
            {"followed", result.followed},
            {"standing", result.standing},
            {"flicker_decoded", result.flicker_decoded},
            {"flicker_single", result.flicker_single},
            {"flicker_temporal", result.flicker_temporal}};
}

nlohmann::json figures(const std::vector<ClipResult>& results) {
    nlohmann::json all = nlohmann::json::array();
    for (const ClipResult& result : results) all.push_back(figures(result));
    return all;
}

}  // namespace jpegdeblock
