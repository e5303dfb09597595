// A device's figures in Prometheus' text exposition format, version 0.0.4.
#pragma once
#include <cstdint>
#include <string>

#include "edgekeep/edgekeep.h"

namespace edgekeep::metrics {

inline constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

// What a keep said, and the time (seconds since 1970) against which the ends of licences are held. No series has a
// label that anybody but a publisher can choose: products and their versions, and words of a fixed list.
std::string Exposition(const ek_status& status, const ek_statistics& statistics, std::uint64_t now);

// Of a device whose keep did not answer.
std::string ExpositionOfNobody();

}  // namespace edgekeep::metrics
