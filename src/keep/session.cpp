#include "edgekeep/keep/session.h"

#include "serving_cells.h"
#include "session_count.h"

namespace edgekeep::keep {

Session::Session(SessionCount& count, const SessionKey& key, std::unique_ptr<CellUse> cell,
                 std::unique_ptr<ports::SessionLine> line) noexcept
    : count_(&count), key_(key), cell_(std::move(cell)), line_(std::move(line)) {}

Session::~Session() {
  // A move may be using the line until then.
  cell_.reset();
  line_.reset();
  count_->Remove(key_);
}

int Session::cell_signal() const {
  return cell_->end_signal();
}

bool Session::over() const {
  return cell_->over();
}

}  // namespace edgekeep::keep
