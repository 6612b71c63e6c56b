// SPDX-License-Identifier: LGPL-2.1-or-later
#include "engine/cpu.h"

#include <atomic>

#include "log/message.h"

namespace jpegdeblock {

bool cpu_has(dnnl::cpu_isa wanted) {
#if defined(__x86_64__) || defined(__i386__)
    const auto bits = static_cast<unsigned>(wanted);
    return (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & bits) == bits;
#else
    // There oneDNN gives the same bits to instructions of other kinds.
    static_cast<void>(wanted);
    return false;
#endif
}

bool cpu_sums_products_exactly() {
    return cpu_has(dnnl::cpu_isa::avx512_core_vnni) || cpu_has(dnnl::cpu_isa::avx2_vnni);
}

void warn_of_slow_cpu() {
    static std::atomic<bool> warned{false};
    if (!cpu_has(dnnl::cpu_isa::sse41) || cpu_has(dnnl::cpu_isa::avx2)) return;
    if (!is_logging() || warned.exchange(true)) return;
    log(LogLevel::kWarning, [] {
        return "This CPU has no AVX2 (or ONEDNN_MAX_CPU_ISA hides it): the networks run, but many times "
               "slower "
               "than on others; the preset 'fast' in int8 is the least slow.";
    });
}

}  // namespace jpegdeblock
