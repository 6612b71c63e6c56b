// SPDX-License-Identifier: LGPL-2.1-or-later
#include "network/int8_calibration.h"

#include <algorithm>
#include <utility>

namespace jpegdeblock::training {
namespace {

using torch::Tensor;

std::vector<double> largest_activations(const Model& model, const std::vector<CalibrationBatch>& batches) {
    std::vector<double> largest(static_cast<std::size_t>(model.network.depth), 1e-6);
    for (const CalibrationBatch& batch : batches)
        evaluate_layers(model, batch.table, batch.input, nullptr, [&](int layer, const Tensor& value) {
            double& entry = largest[static_cast<std::size_t>(layer)];
            entry = std::max(entry, value.max().item<double>());
        });
    largest.pop_back();  // The last layer is not quantized.
    return largest;
}

// Mean of each channel of a layer over the batches.
Tensor channel_means(const Model& model, const std::vector<CalibrationBatch>& batches,
                     const Int8Parameters* int8, int wanted) {
    Tensor sum;
    for (const CalibrationBatch& batch : batches)
        evaluate_layers(model, batch.table, batch.input, int8, [&](int layer, const Tensor& value) {
            if (layer != wanted) return;
            const Tensor mean = value.mean({0, 2, 3});
            sum = sum.defined() ? sum + mean : mean;
        });
    return sum / static_cast<double>(batches.size());
}

std::vector<Tensor> exact_residuals(const Model& model, const std::vector<CalibrationBatch>& batches) {
    std::vector<Tensor> residuals;
    for (const CalibrationBatch& batch : batches)
        residuals.push_back(evaluate_layers(model, batch.table, batch.input));
    return residuals;
}

double error_against(const std::vector<Tensor>& residuals, const Model& model,
                     const Int8Parameters& parameters, const std::vector<CalibrationBatch>& batches) {
    double error = 0;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        const Tensor quantized = evaluate_layers(model, batches[i].table, batches[i].input, &parameters);
        const double power = std::max(residuals[i].square().mean().item<double>(), 1e-12);
        error += (residuals[i] - quantized).square().mean().item<double>() / power;
    }
    return error / static_cast<double>(batches.size());
}

}  // namespace

double int8_error(const Model& model, const Int8Parameters& parameters,
                  const std::vector<CalibrationBatch>& batches) {
    return error_against(exact_residuals(model, batches), model, parameters, batches);
}

Int8Parameters calibrate_int8(const Model& model, const std::vector<CalibrationBatch>& batches,
                              const std::function<void(double)>& progress) {
    const int depth = model.network.depth;
    const std::vector<Tensor> residuals = exact_residuals(model, batches);
    const std::vector<double> largest = largest_activations(model, batches);
    std::vector<double> scales;
    for (const double value : largest) scales.push_back(value / 255);
    Int8Parameters parameters = uncorrected_int8(model, std::move(scales));
    for (int layer = 0; layer < depth - 1; ++layer) {
        const auto at = static_cast<std::size_t>(layer);
        double best = error_against(residuals, model, parameters, batches);
        // Clipping lower than a quarter of the largest value never paid in trials; the search ends when it
        // gets worse.
        for (const double share : {0.85, 0.7, 0.55, 0.4, 0.28}) {
            const double kept = parameters.activation_scale[at];
            parameters.activation_scale[at] = share * largest[at] / 255;
            const double error = error_against(residuals, model, parameters, batches);
            if (error >= best) {
                parameters.activation_scale[at] = kept;
                break;
            }
            best = error;
        }
        if (progress) progress(0.8 * (layer + 1) / depth);
    }
    for (int layer = 0; layer < depth; ++layer) {
        parameters.bias_correction[static_cast<std::size_t>(layer)] =
            channel_means(model, batches, nullptr, layer) - channel_means(model, batches, &parameters, layer);
        if (progress) progress(0.8 + 0.2 * (layer + 1) / depth);
    }
    return parameters;
}

}  // namespace jpegdeblock::training
