// An opened model: what it takes and gives, and its session.
#pragma once
#include <array>
#include <mutex>
#include <span>

#include "edgekeep/client/model.h"
#include "edgekeep/gate/app.h"
#include "session.h"

// Defined here for the C interface.
struct ek_model {
  ek_model(const edgekeep::ProductName& product, const edgekeep::gate::OpenModelAnswer& answer,
           edgekeep::client::Session opened, std::uint32_t timeout);

  const edgekeep::ProductName product_name;
  const edgekeep::VersionText version_text;
  const edgekeep::gate::ModelInfo info;
  const std::uint32_t timeout_ms;
  ek_model_description description{};
  std::array<ek_tensor_info, EK_MAX_TENSORS> inputs{};
  std::array<ek_tensor_info, EK_MAX_TENSORS> outputs{};
  std::timed_mutex turn;  // guards the session
  edgekeep::client::Session session;
};

namespace edgekeep::client {

static_assert(EK_MAX_RANK == gate::kMaxRank);
static_assert(EK_MAX_TENSORS == gate::kMaxTensors);

// One run as the caller asked for it.
struct RunRequest {
  std::span<const ek_input> inputs;
  std::span<ek_output> outputs;
};

// Runs `model`, whose turn the caller holds.
Outcome Run(ek_model& model, const RunRequest& request, const Deadline& deadline);

}  // namespace edgekeep::client
