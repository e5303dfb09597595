// The same engine without Edgekeep: in this process, from a plain file.
#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "edgekeep/engine/engine.h"
#include "fresh_pages.h"
#include "models.h"
#include "temporary_directory.h"

namespace edgekeep::bench {

// One in a process. Throws where it does not load.
class PlainEngine {
 public:
  PlainEngine();

  engine::Engine& get() const { return *engine_; }

  // Writes the prepared form of `model` to a file: what opens quickest, unprotected.
  std::filesystem::path WritePrepared(const Model& model);

 private:
  test::TemporaryDirectory directory_;
  std::unique_ptr<engine::Engine> engine_;
};

class PlainSession {
 public:
  enum class Form { kOnnx, kPrepared };

  PlainSession(const PlainEngine& engine, const std::filesystem::path& file, Form form, std::uint32_t threads);

  // Computes and leaves the outputs where they are: no copy is counted on this side.
  void Run(const Model& model, const std::vector<float>& values);

  // As Run; returns the first output.
  std::vector<std::uint8_t> Answer(const Model& model, const std::vector<float>& values);

 private:
  void Run(const Model& model, const std::vector<float>& values, engine::OutputSink& outputs);

  FreshPages bytes_;
  std::unique_ptr<engine::Session> session_;
};

}  // namespace edgekeep::bench
