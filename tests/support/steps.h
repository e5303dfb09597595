// Kills programs at each of their steps: the system calls of a chosen kind, which strace counts and can kill at.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace edgekeep::test {

inline constexpr const char* kStrace = "/usr/bin/strace";

// The `nth` call (from 1) of this name that some thread makes.
struct Step {
  std::string call;
  int nth = 0;
};

// Every step in strace's log (-f -o LOG), in the order in which they were reached first. strace counts each name, in
// each thread, by itself.
std::vector<Step> StepsIn(const std::filesystem::path& log);

// strace's option -e that kills whoever reaches the step, before the call has an effect.
std::string KillingAt(const Step& step);

std::string NameOf(const Step& step);

}  // namespace edgekeep::test
