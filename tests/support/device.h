// A device under test: its own root directory, its own spawner, keep and cells.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "program.h"
#include "temporary_directory.h"

namespace edgekeep::test {

class Device {
 public:
  // Starts the spawner and with it the keep; throws where they do not come up.
  void Start();
  // SIGTERM to the spawner, and wait until all is gone.
  void Stop();

  // Runs `edgekeep --root ROOT arguments...`.
  Outcome Edgekeep(std::vector<std::string> arguments, const ProgramOptions& options = {}) const;
  // `device init` with this trust bundle and `device show --request`; returns the request's path.
  std::filesystem::path Initialise(const std::filesystem::path& trust_bundle);

  const std::filesystem::path& root() const { return root_.path(); }

  std::filesystem::path state() const { return root() / "var/lib/edgekeep/keep"; }

  std::filesystem::path journal() const { return state() / "journal"; }

  // What the keep wrote down as reasons, for tests that want to see one.
  std::string JournalText() const;

  pid_t spawner() const { return spawner_->pid(); }

  // True while the keep that Start() saw is the only one and answers: what it was asked meanwhile did not end it.
  bool KeepIsTheSame() const;

  // Processes whose executable's name ends so ("edgekeep-keep", "edgekeep-cell") and that belong to this device.
  std::vector<pid_t> ProcessesNamed(const std::string& name) const;

  Background& spawner_process() { return *spawner_; }

  // Replaces programs or the engine of this device; before Start.
  void UseLibexec(const std::filesystem::path& directory) { libexec_ = directory; }

  void UseEngine(const std::filesystem::path& library) { engine_ = library; }

  // No cell is started ahead; before Start.
  void UseNoSpareCell() { spare_cell_ = false; }

 private:
  TemporaryDirectory root_;
  std::filesystem::path libexec_;
  std::filesystem::path engine_;
  bool spare_cell_ = true;
  std::optional<Background> spawner_;
  std::vector<pid_t> keep_;  // one, as long as the device runs
};

}  // namespace edgekeep::test
