// Session: an opened model, from the answer to an application until the cell or the application is gone.
#pragma once
#include <memory>

#include "edgekeep/base/ids.h"
#include "edgekeep/ports/session_host.h"

namespace edgekeep::keep {

class SessionCount;
class CellUse;

// What is open, and for whom.
struct SessionKey {
  ProductName product;
  std::uint32_t user = 0;
};

// Owned by whoever watches it. Ending it ends the session, and the cell with the last one. The keep that made it
// outlives it.
class Session {
 public:
  Session(SessionCount& count, const SessionKey& key, std::unique_ptr<CellUse> cell,
          std::unique_ptr<ports::SessionLine> line) noexcept;

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // What goes to the application beside the answer.
  int ring() const { return line_->ring(); }

  int application_end() const { return line_->application_end(); }

  // To be called once these were sent.
  void HandedOver() { line_->HandOver(); }

  // Hangs up when the cell has ended; -1 while that is known. The session may get another one.
  int cell_signal() const;
  // True when it will not.
  bool over() const;

  // Hangs up when the application has closed its end. The cell sees it, too.
  int application_signal() const { return line_->cell_end(); }

 private:
  SessionCount* count_;
  SessionKey key_;
  std::unique_ptr<CellUse> cell_;
  std::unique_ptr<ports::SessionLine> line_;
};

}  // namespace edgekeep::keep
