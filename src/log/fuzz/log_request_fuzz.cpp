// What logs send to witnesses, what is sent to logs and answered, what tiles hold, and what monitors remember: one text
// for each value.
#include <cstdlib>

#include "edgekeep/log/monitor.h"
#include "edgekeep/log/submission.h"
#include "edgekeep/log/tiles.h"
#include "edgekeep/log/witness.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace edgekeep;
  using namespace edgekeep::log;
  const std::string_view text = AsText({data, size});
  const auto request = ParseAddCheckpoint(text);
  if (request && WriteAddCheckpoint(request->old_size, request->proof.view(), request->note) != text) std::abort();
  for (const std::uint64_t width : {1U, 3U, 256U}) {
    const auto entries = ReadBundle(text, width);
    if (!entries) continue;
    std::string bundle;
    for (const std::string& entry : *entries) AppendToBundle(AsBytes(entry), bundle);
    if (bundle != text) std::abort();
  }
  const auto submission = ReadSubmission(text);
  if (submission &&
      WriteSubmission(std::vector<std::string>(submission->begin(), submission->end())) != std::string(text))
    std::abort();
  const auto submitted = ReadSubmitted(text);
  if (submitted && WriteSubmitted(*submitted) != text) std::abort();
  const auto state = ParseMonitorState(text);
  if (state && WriteMonitorState(*state) != text) std::abort();
  const auto hashes = ReadHashes(text, size / Digest::kSize);
  if (hashes && WriteHashes(*hashes) != text) std::abort();
  return 0;
}
