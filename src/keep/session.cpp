#include "edgekeep/keep/session.h"

#include "session_count.h"

namespace edgekeep::keep {

Session::~Session() {
  // The application hears first; the place is free only when the cell is gone.
  line_.reset();
  cell_.reset();
  count_->Remove(key_);
}

}  // namespace edgekeep::keep
