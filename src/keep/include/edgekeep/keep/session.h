// Session: an opened model, from the answer to an application until the cell or the application is gone.
#pragma once
#include <memory>

#include "edgekeep/base/ids.h"

namespace edgekeep::keep {

class SessionCount;
class CellUse;

// What is open, and for whom.
struct SessionKey {
  ProductName product;
  std::uint32_t user = 0;
};

// Owned by whoever watches it. Ending it ends the session, and the cell with the last one; it waits for nothing. The
// keep that made it outlives it.
class Session {
 public:
  // `cell` is one that the session sits at.
  Session(SessionCount& count, const SessionKey& key, std::unique_ptr<CellUse> cell) noexcept;

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // What goes to the application beside the answer.
  int ring() const;
  int application_end() const;
  // To be called once these were sent.
  void HandedOver();

  // Hangs up when the cell has ended; -1 while that is known. The session may get another one.
  int cell_signal() const;
  // True when it will not.
  bool over() const;

  // Hangs up when the application has closed its end. The cell sees it, too.
  int application_signal() const;

 private:
  SessionCount* count_;
  SessionKey key_;
  std::unique_ptr<CellUse> cell_;
};

}  // namespace edgekeep::keep
