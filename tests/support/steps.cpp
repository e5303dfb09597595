#include "steps.h"

#include <fstream>
#include <map>
#include <sstream>
#include <utility>

namespace edgekeep::test {

std::vector<Step> StepsIn(const std::filesystem::path& log) {
  std::ifstream lines(log);
  std::map<std::pair<std::string, std::string>, int> made;  // by thread and call
  std::map<std::string, int> most;
  std::vector<Step> steps;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string thread;
    std::string call;
    words >> thread >> call;
    const std::size_t bracket = call.find('(');
    if (bracket == std::string::npos) continue;  // "<... resumed>", "+++ exited"
    call.resize(bracket);
    const int nth = ++made[{thread, call}];
    if (nth <= most[call]) continue;
    most[call] = nth;
    steps.push_back({call, nth});
  }
  return steps;
}

std::string KillingAt(const Step& step) {
  return "inject=" + step.call + ":signal=SIGKILL:when=" + std::to_string(step.nth);
}

std::string NameOf(const Step& step) {
  return step.call + " " + std::to_string(step.nth);
}

}  // namespace edgekeep::test
