// The frame of a benchmark that needs more than memory.
#pragma once
#include <cstdio>
#include <exception>

#include "binaries.h"

namespace edgekeep::bench {

// Runs `measure` where a device can be started. What is missing or goes wrong becomes a message and status 1; what
// `measure` started and wrote ends with its objects either way.
template <typename Measure>
int RunBench(const char* program, Measure measure) {
  if (const std::string reason = test::WhyNoDevice(); !reason.empty()) {
    std::fprintf(stderr, "%s: %s\n", program, reason.c_str());
    return 1;
  }
  try {
    measure();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s: %s\n", program, problem.what());
    return 1;
  }
  return 0;
}

}  // namespace edgekeep::bench
