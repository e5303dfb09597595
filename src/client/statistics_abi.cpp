// The C interface of a device's statistics (edgekeep/client/statistics.h).
#include <iterator>
#include <new>

#include "admin.h"
#include "report.h"
#include "statistics.h"

namespace edgekeep::client {
namespace {

Answer<const ek_statistics*> MakeStatistics(const ek_client& client) {
  EK_TRY_ASSIGN(const gate::StatisticsAnswer answer, AskStatistics(client));
  const auto* statistics = new (std::nothrow) Statistics(answer);
  if (statistics == nullptr) return Error(ErrorCode::kNoMemory, "statistics");
  return statistics;
}

constexpr const char* kStateNames[] = {"unknown", "starting", "serving", "lingering",   "awaiting",
                                       "moving",  "lost",     "ending",  "unresponsive"};

}  // namespace
}  // namespace edgekeep::client

namespace ek = edgekeep::client;

// NOLINTBEGIN(readability-identifier-naming): C names
extern "C" uint64_t ek_latency_bucket_end(size_t bucket) {
  return bucket + 1 < EK_LATENCY_BUCKETS ? edgekeep::gate::LatencyBucketEnd(bucket) : UINT64_MAX;
}

extern "C" const char* ek_cell_state_name(uint32_t state) {
  return ek::kStateNames[state < std::size(ek::kStateNames) ? state : 0];
}

extern "C" ek_code ek_admin_statistics(const ek_client* client, const ek_statistics** statistics, ek_error* error) {
  if (client == nullptr || statistics == nullptr) {
    return ek::Report(edgekeep::Error(edgekeep::ErrorCode::kBadArgument, "a pointer is null"), error);
  }
  const auto made = ek::MakeStatistics(*client);
  if (made) *statistics = *made;
  return ek::ReportOutcome(made, error);
}

extern "C" void ek_statistics_free(const ek_statistics* statistics) {
  delete static_cast<const ek::Statistics*>(statistics);
}

// NOLINTEND(readability-identifier-naming)
