// A keep of the test's own whose cells run real models in ONNX Runtime, unprotected.
#pragma once
#include <list>
#include <map>
#include <memory>
#include <string>

#include "edgekeep/base/bytes.h"
#include "edgekeep/engine/engine.h"
#include "fixture/fake_cell.h"

namespace label_reader {

class EngineKeep {
 public:
  // Serves each product from its model file, with the engine at `library`.
  EngineKeep(const std::string& library, const std::map<std::string, std::string>& models);

  const std::string& root() const { return keep_.root(); }

 private:
  struct Model {
    std::vector<std::uint8_t> bytes;
    std::unique_ptr<edgekeep::engine::Session> session;
    std::unique_ptr<edgekeep::client::FakeCells> cells;
  };

  std::unique_ptr<edgekeep::engine::Engine> engine_;
  std::map<std::string, Model> models_;
  edgekeep::client::FakeKeep keep_;
};

}  // namespace label_reader
