// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

/// Allocations that fail when they are told to: a library that is preloaded (LD_PRELOAD) and takes the place
/// of malloc and its kin, which operator new calls too. Without being told anything it changes nothing.
extern "C" {

/// Which allocations count. callers: parts of the file names of those libraries whose calls do, separated by
/// colons, or "main program"; empty: all. Those of libgomp and oneDNN never count: the one ends the process
/// where it gets no memory, by its own design, the other goes on without looking.
void failing_malloc_callers(const char* callers) noexcept;

/// Lets the allocation of that number fail, from 1 on, or with `all_after` it and all that follow.
void failing_malloc_arm(long number, bool all_after) noexcept;

/// Nothing fails any more. Returns how many allocations were counted since it was armed.
long failing_malloc_disarm() noexcept;
}

// A process may also be started with FAILING_MALLOC_AT=NUMBER or NUMBER+ (all after), counted from main on,
// and with FAILING_MALLOC_CALLERS. With FAILING_MALLOC_REPORT it says at its end how many it counted.
