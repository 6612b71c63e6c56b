// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace jpegdeblock {

/// Whether oneDNN uses those instructions: the CPU is an x86 and has them, and ONEDNN_MAX_CPU_ISA does not
/// hide them.
bool cpu_has(dnnl::cpu_isa wanted);

/// Whether the CPU adds products of 8-bit integers in 32 bits: that it has VNNI. Others add two of them with
/// saturation to 16 bits.
bool cpu_sums_products_exactly();

/// Warns whoever listens, once a process, where the networks will be very slow.
void warn_of_slow_cpu();

}  // namespace jpegdeblock
