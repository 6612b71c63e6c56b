// SPDX-License-Identifier: LGPL-2.1-or-later
#include "report/evaluation_report.h"

#include <glib.h>

#include <cmath>
#include <memory>

#include "pictures/pictures.h"
#include "report/chart.h"
#include "report/html.h"
#include "report/rate_distortion.h"

namespace jpegdeblock::training {
namespace {

using Measure = double Quality::*;

std::string percent(const std::optional<double>& share, int decimals = 1, bool with_sign = false) {
    return share ? decimal(100 * *share, decimals, with_sign) + " %" : "–";
}

/// A gain, coloured by its sign; none where JPEG and restored picture are both perfect.
std::string gain_text(double gain, int decimals) {
    if (std::isnan(gain)) return decimal(gain, decimals);
    return std::string("<span class=\"") + (gain < 0 ? "worse" : "better") + "\">" +
           decimal(gain, decimals, true) + "</span>";
}

double mean_gain(const QualityResult& result, Measure measure) {
    return result.mean_restored().*measure - result.mean_jpeg().*measure;
}

std::string facts(const EvaluationReport& report, const std::optional<double>& mean_rate) {
    std::string text = "<div class=\"facts\">";
    for (const std::size_t at : {std::size_t{0}, report.results.size() - 1}) {
        const QualityResult& result = report.results[at];
        text += "<div><strong>" + decimal(mean_gain(result, &Quality::psnr), 2, true) +
                " dB</strong>PSNR at quality " + std::to_string(result.quality) + " (PSNR-B " +
                decimal(mean_gain(result, &Quality::psnr_b), 2, true) + " dB)</div>";
        if (report.results.size() == 1) break;
    }
    if (mean_rate)
        text += "<div><strong>" + decimal(-100 * *mean_rate, 1) +
                " %</strong>of the bytes saved at equal PSNR (mean of the pictures)</div>";
    int worse = 0;
    std::size_t all = 0;
    for (const QualityResult& result : report.results) {
        worse += result.pictures_worse();
        all += result.pictures.size();
    }
    return text + "<div><strong>" + std::to_string(worse) + " of " + std::to_string(all) +
           "</strong>results have a lower PSNR than their JPEG</div></div>\n";
}

std::string means_table(const std::vector<QualityResult>& results) {
    const RateCurves curves = mean_curves(results);
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const QualityResult& result = results[i];
        const Quality jpeg = result.mean_jpeg(), restored = result.mean_restored();
        rows.push_back(
            {std::to_string(result.quality), decimal(result.mean_bits_per_pixel(), 3), decimal(jpeg.psnr, 2),
             decimal(restored.psnr, 2), gain_text(restored.psnr - jpeg.psnr, 2), decimal(jpeg.psnr_b, 2),
             decimal(restored.psnr_b, 2), gain_text(restored.psnr_b - jpeg.psnr_b, 2), decimal(jpeg.ssim, 4),
             decimal(restored.ssim, 4), gain_text(restored.ssim - jpeg.ssim, 4),
             percent(saved_share(curves, i)), std::to_string(result.pictures_worse())});
    }
    return html_table({"JPEG<br>quality", "bits a<br>pixel", "PSNR, dB<br>JPEG", "<br>restored", "<br>gain",
                       "PSNR-B, dB<br>JPEG", "<br>restored", "<br>gain", "SSIM<br>JPEG", "<br>restored",
                       "<br>gain", "bytes<br>saved", "pictures<br>worse"},
                      rows);
}

std::string quality_chart(const std::vector<QualityResult>& results, const std::string& title,
                          const std::string& unit, Measure measure) {
    ChartSeries jpeg{.name = "JPEG", .dashed = true}, restored{.name = "restored"};
    for (const QualityResult& result : results) {
        jpeg.points.push_back({double(result.quality), result.mean_jpeg().*measure});
        restored.points.push_back({double(result.quality), result.mean_restored().*measure});
    }
    return draw_chart(
        {.title = title, .x_label = "JPEG quality", .y_label = unit, .series = {jpeg, restored}});
}

std::string rate_chart(const RateCurves& curves) {
    const auto points = [](const std::vector<RatePoint>& curve) {
        std::vector<ChartPoint> result;
        for (const RatePoint& point : curve) result.push_back({point.bits_per_pixel, point.psnr});
        return result;
    };
    return draw_chart({.title = "PSNR over rate",
                       .x_label = "bits a pixel",
                       .y_label = "dB",
                       .logarithmic_x = true,
                       .series = {{.name = "JPEG", .points = points(curves.jpeg), .dashed = true},
                                  {.name = "restored", .points = points(curves.restored)}}});
}

std::string rate_text(const RateCurves& curves, const std::vector<std::optional<double>>& rates) {
    const std::optional<double> mean = mean_of(rates),
                                of_means = bjontegaard_rate(curves.jpeg, curves.restored);
    if (!mean)
        return "<p>The saving at equal PSNR (BD-rate) takes at least four qualities whose PSNR before and "
               "after overlap.</p>\n";
    return "<p>A plain JPEG must be larger to be as good as the restored one: this saves <strong>" +
           percent(-*mean) + "</strong> of the bytes at equal PSNR (BD-rate " + percent(*mean, 1, true) +
           ", mean of the pictures" +
           (of_means ? "; of the curves drawn above " + percent(*of_means, 1, true) : "") +
           "). After Bjontegaard, VCEG-M33 (2001): cubics of log rate over PSNR, over the PSNR that both "
           "reach. The column <em>bytes saved</em> compares each quality alone, on the mean curves; it is "
           "empty where no plain JPEG measured here is as good.</p>\n";
}

std::string image(const LumaImage& luma, const std::string& what) {
    const std::vector<std::uint8_t> png = encode_png(luma);
    const std::unique_ptr<gchar, decltype(&g_free)> text(g_base64_encode(png.data(), png.size()), g_free);
    return "<figure><img alt=\"" + what + "\" width=\"" + std::to_string(luma.width) + "\" height=\"" +
           std::to_string(luma.height) + "\" src=\"data:image/png;base64," + text.get() + "\"><figcaption>" +
           what + "</figcaption></figure>\n";
}

std::string examples_text(const std::vector<EvaluationExample>& examples) {
    std::string text;
    for (const EvaluationExample& example : examples) {
        const Quality &before = example.jpeg_quality, &after = example.restored_quality;
        text += "<p class=\"example\"><strong>" + escape_html(example.name) + "</strong>, quality " +
                std::to_string(example.quality) + ": PSNR " + decimal(before.psnr, 2) + " → " +
                decimal(after.psnr, 2) + " dB (" + gain_text(after.psnr - before.psnr, 2) + "), PSNR-B " +
                decimal(before.psnr_b, 2) + " → " + decimal(after.psnr_b, 2) +
                " dB. <span class=\"muted\">Cut-out at " + std::to_string(example.left) + ", " +
                std::to_string(example.top) + ".</span></p>\n<div class=\"crops\">" +
                image(example.jpeg, "JPEG") + image(example.restored, "restored") +
                image(example.original, "original") + "</div>\n";
    }
    return text;
}

std::string pictures_table(const std::vector<QualityResult>& results,
                           const std::vector<std::optional<double>>& rates) {
    std::vector<std::string> head = {"picture"};
    for (const QualityResult& result : results) head.push_back("q" + std::to_string(result.quality));
    head.push_back("BD-rate");
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < results.front().pictures.size(); ++i) {
        std::vector<std::string> row = {escape_html(results.front().pictures[i].name)};
        for (const QualityResult& result : results)
            row.push_back(gain_text(result.pictures[i].restored.psnr - result.pictures[i].jpeg.psnr, 2));
        row.push_back(percent(rates[i], 1, true));
        rows.push_back(std::move(row));
    }
    return html_table(head, rows);
}

}  // namespace

std::string report_page(const EvaluationReport& report) {
    const std::vector<QualityResult>& results = report.results;
    const std::vector<std::optional<double>> rates = picture_rates(results);
    const RateCurves curves = mean_curves(results);
    const std::string pictures = std::to_string(results.front().pictures.size());

    std::string body = "<h1>Restoring JPEG with " + escape_html(report.model_name) + "</h1>\n";
    body += "<p class=\"muted\">" +
            (report.chroma ? pictures + " planes of chroma" : "Luma of " + pictures + " pictures") +
            "; means of decibels. Before: the decoded JPEG. After: restored by libjpegdeblock.</p>\n";
    body += facts(report, mean_of(rates)) + means_table(results);
    body += "<h2>Over quality and rate</h2>\n<div class=\"charts\">\n";
    body += quality_chart(results, "PSNR over quality", "dB", &Quality::psnr);
    body += quality_chart(results, "PSNR-B over quality (blocking counts)", "dB", &Quality::psnr_b);
    body += rate_chart(curves);
    body += quality_chart(results, "SSIM over quality", "SSIM", &Quality::ssim);
    body += "</div>\n" + rate_text(curves, rates);
    if (!report.examples.gained_most.empty())
        body += "<h2>Gained most at quality " + std::to_string(report.examples.gained_most.front().quality) +
                "</h2>\n<p class=\"muted\">The part of each picture in which the error fell most.</p>\n" +
                examples_text(report.examples.gained_most);
    if (!report.examples.gained_least.empty())
        body += "<h2>Gained least at quality " +
                std::to_string(report.examples.gained_least.front().quality) +
                "</h2>\n<p class=\"muted\">The part of each picture in which the error fell least, or "
                "rose.</p>\n" +
                examples_text(report.examples.gained_least);
    body += "<h2>Every picture</h2>\n<details><summary>Gain in PSNR, dB, at each quality</summary>\n" +
            pictures_table(results, rates) + "</details>\n";
    body += "<h2>How it was measured</h2>\n<dl>";
    for (const auto& [name, value] : report.settings)
        body += "<dt>" + escape_html(name) + "</dt><dd>" + escape_html(value) + "</dd>\n";
    body += std::string("</dl>\n<p>") +
            (report.chroma ? "Each plane (Cb and Cr, full-range BT.601, at half the picture's size)"
                           : "Each picture's full-range BT.601 luma") +
            " was written as a grey baseline JPEG by "
            "libjpeg-turbo with Huffman tables made for it; <em>bits a pixel</em> are those of that file, "
            "headers included. PSNR-B after Yim and Bovik (IEEE TIP 2011), SSIM after Wang et al. (IEEE TIP "
            "2004).</p>\n";
    return html_page("jpegdeblock: " + report.model_name, body);
}

}  // namespace jpegdeblock::training
