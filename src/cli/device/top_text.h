// A device's statistics at one moment, for people and for machines.
#pragma once
#include <string>

#include "top_figures.h"

namespace edgekeep::cli::device {

// `before` may be null: then rates and latencies are since each beginning.
std::string TopText(const Reading& now, const Reading* before);
json::Object TopObject(const Reading& now, const Reading* before);

}  // namespace edgekeep::cli::device
