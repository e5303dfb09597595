// A product policy that somebody wrote in JSON: what is taken says the same when it is written again.
#include "edgekeep/base/bytes.h"
#include "edgekeep/base/check.h"
#include "edgekeep/json/text.h"
#include "edgekeep/policy/parse.h"
#include "edgekeep/policy/write.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  const auto said = policy::Parse(AsText({data, size}));
  if (!said) {
    EK_CHECK(!said.error().problem.empty());
    return 0;
  }
  const auto again = policy::Parse(json::Write(policy::ToJson(*said)));
  EK_CHECK(again && *again == *said);
  EK_CHECK(!policy::ToText(*said).empty());
  return 0;
}
