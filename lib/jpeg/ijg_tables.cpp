// SPDX-License-Identifier: LGPL-2.1-or-later
#include "jpeg/ijg_tables.h"

#include <algorithm>

namespace jpegdeblock {

const std::array<QuantizationTable, kQualities>& ijg_luma_tables() {
    static const auto tables = [] {
        std::array<QuantizationTable, kQualities> all;
        int quality = 0;
        for (QuantizationTable& table : all) table = ijg_luma_table(++quality);
        return all;
    }();
    return tables;
}

int ijg_quality_of(const QuantizationTable& table) {
    const auto& tables = ijg_luma_tables();
    const auto found = std::find(tables.begin(), tables.end(), table);
    return found == tables.end() ? 0 : static_cast<int>(found - tables.begin()) + 1;
}

}  // namespace jpegdeblock
