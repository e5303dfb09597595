// The code of somebody who took over a cell.
#pragma once
#include "takeover_order.h"

namespace edgekeep::attack {

// Carries out one order of the attacker's application.
Report Obey(std::span<const std::uint8_t> order);

// Looks through the memory of every process there is, or of those, by /proc.
std::vector<std::uint8_t> SearchProcesses(std::span<const Needle> needles);
std::vector<std::uint8_t> SearchProcesses(std::span<const Needle> needles, const std::vector<std::string>& processes);

}  // namespace edgekeep::attack
