// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/evaluation.h"

#include <algorithm>
#include <utility>

#include "metrics/metrics.h"
#include "pictures/pictures.h"

namespace jpegdeblock {
namespace {

Quality measure(ConstPlane pristine, ConstPlane picture) {
    return {psnr(pristine, picture), psnr_b(pristine, picture), ssim(pristine, picture)};
}

Quality mean(const std::vector<PictureResult>& pictures, Quality PictureResult::*which) {
    Quality sum;
    for (const PictureResult& picture : pictures) {
        sum.psnr += (picture.*which).psnr;
        sum.psnr_b += (picture.*which).psnr_b;
        sum.ssim += (picture.*which).ssim;
    }
    const double count = static_cast<double>(pictures.size());
    return {sum.psnr / count, sum.psnr_b / count, sum.ssim / count};
}

}  // namespace

Quality QualityResult::mean_jpeg() const {
    return mean(pictures, &PictureResult::jpeg);
}

Quality QualityResult::mean_restored() const {
    return mean(pictures, &PictureResult::restored);
}

double QualityResult::mean_bits_per_pixel() const {
    double sum = 0;
    for (const PictureResult& picture : pictures) sum += picture.bits_per_pixel;
    return sum / static_cast<double>(pictures.size());
}

int QualityResult::pictures_worse() const {
    return static_cast<int>(std::count_if(pictures.begin(), pictures.end(), [](const PictureResult& picture) {
        return picture.restored.psnr < picture.jpeg.psnr;
    }));
}

int QualityResult::tables_exact() const {
    return static_cast<int>(std::count_if(pictures.begin(), pictures.end(),
                                          [](const PictureResult& picture) { return picture.table_exact; }));
}

std::vector<NamedPicture> load_for_evaluation(const std::string& path, const std::string& name, bool chroma) {
    if (!chroma) return {{name, load_luma(path)}};
    std::vector<LumaImage> planes = load_planes(path, Component::kHalvedChroma);
    return {{"Cb of " + name, std::move(planes[0])}, {"Cr of " + name, std::move(planes[1])}};
}

std::vector<QualityResult> evaluate(std::shared_ptr<const Model> model,
                                    const std::vector<NamedPicture>& pictures,
                                    const EvaluationOptions& options,
                                    const std::function<void(int done, int total)>& progress,
                                    const std::function<void(const RestoredPicture&)>& keep) {
    PictureRestorer restorer(options.precision, make_workers(options.threads));
    restorer.set_luma_model(std::move(model));
    const Restore restore = [&](ConstPlane, Plane restored,
                                const std::optional<QuantizationTable>& table) -> FrameReport {
        restorer.forget_stream();
        Picture picture;
        picture.components[0] = {restored.data, restored.width, restored.height, restored.stride};
        PictureTables known;
        if (table) known.luma = {*table};
        return restorer.restore(picture, known, options.restoration);
    };
    return evaluate(restore, pictures, options, progress, keep);
}

std::vector<QualityResult> evaluate(const Restore& restore, const std::vector<NamedPicture>& pictures,
                                    const EvaluationOptions& options,
                                    const std::function<void(int done, int total)>& progress,
                                    const std::function<void(const RestoredPicture&)>& keep) {
    std::vector<QualityResult> results;
    const int total = static_cast<int>(pictures.size() * options.qualities.size());
    int done = 0;
    for (const int quality : options.qualities) {
        QualityResult& result = results.emplace_back();
        result.quality = quality;
        for (const NamedPicture& picture : pictures) {
            const std::vector<std::uint8_t> jpeg = encode_grey_jpeg(
                picture.luma.view(), options.chroma ? ijg_chroma_table(quality) : ijg_luma_table(quality));
            const LumaImage decoded = decode_jpeg_luma(jpeg, options.idct, picture.name);
            LumaImage restored = decoded;
            const QuantizationTable table = read_jpeg_header(jpeg, picture.name).luma_table;
            const FrameReport report = restore(decoded.view(), restored.view(),
                                               options.estimate_table ? std::nullopt : std::optional(table));
            PictureResult& row = result.pictures.emplace_back();
            row.name = picture.name;
            row.bits_per_pixel = 8.0 * static_cast<double>(jpeg.size()) /
                                 (static_cast<double>(decoded.width) * static_cast<double>(decoded.height));
            row.jpeg = measure(picture.luma.view(), decoded.view());
            row.restored = measure(picture.luma.view(), restored.view());
            row.found_quality = report.source == TableSource::kNone ? 0 : report.quality;
            row.table_exact =
                report.source != TableSource::kNone && report.table == table && report.offset == GridOffset();
            if (keep) keep({picture.name, quality, jpeg, restored});
            if (progress) progress(++done, total);
        }
    }
    return results;
}

}  // namespace jpegdeblock
