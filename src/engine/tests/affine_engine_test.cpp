#include "edgekeep/engine/testing/affine_engine.h"

#include <gtest/gtest.h>

#include "edgekeep/engine/testing/engine_contract.h"

namespace edgekeep::engine::testing {
namespace {

class AffineSubject {
 public:
  Engine& engine() { return engine_; }

  static std::string model() { return "any prefix" + AffineTrailer(); }

 private:
  AffineEngine engine_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Affine, EngineContract, AffineSubject);

}  // namespace
}  // namespace edgekeep::engine::testing
