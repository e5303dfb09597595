// Workers made of threads.
#pragma once
#include "edgekeep/sealing/byte_file.h"

namespace edgekeep::cell {

// Starts its threads for each piece of work: two where there are two processors to run on.
class ThreadWorkers final : public sealing::Workers {
 public:
  Status RunOnAll(sealing::Task& task) override;
};

}  // namespace edgekeep::cell
