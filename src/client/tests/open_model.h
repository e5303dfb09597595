// A model opened at a fake keep, and inputs for it.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "edgekeep/edgekeep.h"
#include "fixture/fake_cell.h"

namespace edgekeep::client {

using ClientPointer = std::unique_ptr<ek_client, decltype(&ek_client_close)>;
using ModelPointer = std::unique_ptr<ek_model, decltype(&ek_model_close)>;

// x = 0, 1, 2 … in `rows` rows, and k = 100. What the model takes, ready to be spoilt.
struct Inputs {
  explicit Inputs(std::int64_t rows = 2) : x(static_cast<std::size_t>(rows) * 4), x_shape{rows, 4} {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
    list[0] = {.name = "x", .type = EK_FLOAT32, .rank = 2, .shape = x_shape, .data = x.data(), .size = x.size() * 4};
    list[1] = {.name = "k", .type = EK_INT64, .rank = 0, .shape = nullptr, .data = &k, .size = 8};
  }

  Inputs(const Inputs&) = delete;
  Inputs(Inputs&&) = delete;
  Inputs& operator=(const Inputs&) = delete;
  Inputs& operator=(Inputs&&) = delete;
  ~Inputs() = default;

  std::vector<float> x;
  std::int64_t x_shape[2];
  std::int64_t k = 100;
  ek_input list[2]{};
};

// A test with a keep whose cells do what `handler` says.
class OpenModelTest : public testing::Test {
 protected:
  void Open(FakeCells::Handler handler = Compute, std::uint64_t ring_bytes = 0) {
    cells_ = std::make_unique<FakeCells>(std::move(handler));
    keep_.ServeApplications(cells_->AsKeep());
    client_.reset(OpenClient(keep_));
    model_ = OpenAnother(ring_bytes);
  }

  ModelPointer OpenAnother(std::uint64_t ring_bytes = 0) {
    ek_model_options options = EK_MODEL_OPTIONS_INIT;
    options.ring_bytes = ring_bytes;
    options.max_calls = max_calls_;
    ek_model* model = nullptr;
    EXPECT_EQ(ek_model_open(client_.get(), "acme/fake", &options, &model, &error_), EK_OK) << error_.where;
    return {model, &ek_model_close};
  }

  // Runs once, for view outputs.
  ek_code Run(const Inputs& inputs, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    outputs_[0] = {};
    outputs_[1] = {};
    return ek_model_run(model_.get(), inputs.list, 2, outputs_, 2, timeout_ms, &error_);
  }

  // Expects the outputs of the last run to be what Compute makes of `inputs`.
  void ExpectComputed(const Inputs& inputs) {
    ASSERT_EQ(outputs_[0].size, inputs.x.size() * 4);
    for (std::size_t i = 0; i < inputs.x.size(); ++i) {
      ASSERT_EQ(static_cast<const float*>(outputs_[0].data)[i], 2 * inputs.x[i] + static_cast<float>(inputs.k));
    }
    ASSERT_EQ(outputs_[1].size, 8U);
    ASSERT_EQ(*static_cast<const std::int64_t*>(outputs_[1].data), inputs.x_shape[0]);
  }

  FakeKeep keep_;
  std::unique_ptr<FakeCells> cells_;
  ClientPointer client_{nullptr, &ek_client_close};
  ModelPointer model_{nullptr, &ek_model_close};
  std::uint32_t max_calls_ = 0;
  ek_error error_{};
  ek_output outputs_[2]{};
};

}  // namespace edgekeep::client
