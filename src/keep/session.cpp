#include "edgekeep/keep/session.h"

#include "serving_cells.h"
#include "session_count.h"

namespace edgekeep::keep {

Session::Session(SessionCount& count, const SessionKey& key, std::unique_ptr<CellUse> cell) noexcept
    : count_(&count), key_(key), cell_(std::move(cell)) {}

Session::~Session() {
  cell_.reset();
  count_->Remove(key_);
}

int Session::ring() const {
  return cell_->line().ring();
}

int Session::application_end() const {
  return cell_->line().application_end();
}

void Session::HandedOver() {
  cell_->line().HandOver();
}

int Session::cell_signal() const {
  return cell_->end_signal();
}

bool Session::over() const {
  return cell_->over();
}

int Session::application_signal() const {
  return cell_->line().cell_end();
}

}  // namespace edgekeep::keep
