// A device with models installed, and libedgekeep beside it.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "device.h"
#include "edgekeep/edgekeep.hpp"
#include "models.h"
#include "publisher.h"

namespace edgekeep::bench {

// Starts a device of its own and initialises it. Everything throws where it fails.
class ProtectedModels {
 public:
  enum class Spare { kOne, kNone };

  explicit ProtectedModels(Spare spare = Spare::kOne);

  // Seals, grants, licenses and installs; with a policy (spec/product-policy.md, as JSON) where there is one.
  void Install(const Model& model, const std::string& policy = {});

  // What an application does: threads 0 is the device's default.
  app::Model Open(const Model& model, std::uint32_t threads = 0) const;

  // As Open, and a refusal is no exception.
  app::Expected<app::Model> TryOpen(const Model& model, const app::ModelOptions& options) const;

  // Waits until the cell that is started ahead is ready and no other one runs: what an application finds that opens a
  // model now and then. Throws after ten seconds.
  void AwaitSpare();

  // The process ids of the device's cells.
  std::vector<pid_t> Cells() const { return device_.ProcessesNamed("edgekeep-cell"); }

  // The keep's and the spawner's process ids.
  pid_t Keep() const { return device_.ProcessesNamed("edgekeep-keep").at(0); }

  pid_t Spawner() const { return device_.spawner(); }

  // The stored file a model opens from: its prepared form.
  std::filesystem::path PreparedFileOf(const Model& model) const;

 private:
  std::filesystem::path SealWith(const std::string& policy, const Model& model);

  test::Publisher publisher_;
  test::Device device_;
  std::filesystem::path request_;
  pid_t last_spare_ = 0;  // once taken it is a spare no more
};

// Runs once and returns the first output, a view into the ring.
app::Output Run(app::Model& opened, const Model& model, const std::vector<float>& values);

}  // namespace edgekeep::bench
