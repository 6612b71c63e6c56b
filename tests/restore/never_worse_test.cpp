// SPDX-License-Identifier: LGPL-2.1-or-later
// The shipped network against the plain decode, with the table estimated (the filter) and known (the
// decoder).
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "jpeg/luma_codec.h"
#include "metrics/metrics.h"
#include "model/model.h"
#include "restore/deblocker.h"

#include "sample_pictures.h"

namespace jpegdeblock {
namespace {

using test::photographs;
using test::screens;

struct Quality {
    double psnr = 0, psnr_b = 0, ssim = 0;

    void add(const LumaImage& pristine, const LumaImage& picture) {
        psnr += jpegdeblock::psnr(pristine.view(), picture.view());
        psnr_b += jpegdeblock::psnr_b(pristine.view(), picture.view());
        ssim += jpegdeblock::ssim(pristine.view(), picture.view());
    }
};

void expect_not_worse(const Quality& restored, const Quality& decoded) {
    EXPECT_GE(restored.psnr, decoded.psnr);
    EXPECT_GE(restored.psnr_b, decoded.psnr_b);
    EXPECT_GE(restored.ssim, decoded.ssim);
}

class NeverWorse : public testing::TestWithParam<int> {
  protected:
    void expect_no_loss(const std::vector<LumaImage>& pictures) const {
        const auto model = load_shared_model(find_model("balanced"));
        const auto workers = make_workers(2);
        Quality plain, with_estimate, with_table;
        for (const LumaImage& pristine : pictures) {
            const auto jpeg = encode_grey_jpeg(pristine.view(), GetParam());
            const LumaImage decoded = decode_jpeg_luma(jpeg);
            LumaImage filtered = decoded, restored = decoded;
            Deblocker filter(model, Precision::kF32, workers), decoder(model, Precision::kF32, workers);
            filter.process(decoded.view(), filtered.view());
            JpegReader reader;
            decoder.process(reader.read(jpeg).components[0], restored.view());
            plain.add(pristine, decoded);
            with_estimate.add(pristine, filtered);
            with_table.add(pristine, restored);
            if (GetParam() >= 95) {
                EXPECT_EQ(restored.samples, decoded.samples);
                for (std::size_t i = 0; i < decoded.samples.size(); ++i)
                    ASSERT_NEAR(filtered.samples[i], decoded.samples[i], 2);
            }
        }
        {
            SCOPED_TRACE("filter");
            expect_not_worse(with_estimate, plain);
        }
        SCOPED_TRACE("decoder");
        expect_not_worse(with_table, plain);
    }
};

TEST_P(NeverWorse, OnPhotographs) {
    expect_no_loss(photographs());
}

TEST_P(NeverWorse, OnScreens) {
    expect_no_loss(screens());
}

INSTANTIATE_TEST_SUITE_P(AtQuality, NeverWorse,
                         testing::Values(5, 8, 12, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92, 93, 94, 95, 96,
                                         98),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace jpegdeblock
