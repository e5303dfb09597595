// A device's statistics as the C interface hands them out.
#pragma once
#include <array>

#include "edgekeep/client/statistics.h"
#include "edgekeep/gate/statistics.h"

namespace edgekeep::client {

// The keep's answer and the C view of it; views point into the answer, so it stays where it was made.
class Statistics : public ek_statistics {
 public:
  explicit Statistics(const gate::StatisticsAnswer& answer) noexcept;
  Statistics(const Statistics&) = delete;
  Statistics& operator=(const Statistics&) = delete;
  ~Statistics() = default;

 private:
  const gate::StatisticsAnswer answer_;
  std::array<ek_cell_figures, gate::kMaxCells> cells_{};
  std::array<ek_session_figures, gate::kMaxSessions> sessions_{};
  std::array<ek_product_figures, gate::kMaxProducts> products_{};
};

}  // namespace edgekeep::client
