// An opened model: what it takes and gives, and its session.
#pragma once
#include <array>
#include <memory>

#include "edgekeep/client/model.h"
#include "edgekeep/gate/app.h"
#include "session.h"

// Defined here for the C interface.
struct ek_model {
  ek_model(const edgekeep::ProductName& product, const edgekeep::gate::OpenModelAnswer& answer,
           std::unique_ptr<edgekeep::client::Session> opened, std::uint32_t timeout);

  const edgekeep::ProductName product_name;
  const edgekeep::VersionText version_text;
  const edgekeep::gate::ModelInfo info;
  const edgekeep::gate::Features features;
  const std::uint32_t timeout_ms;
  ek_model_description description{};
  std::array<ek_tensor_info, EK_MAX_TENSORS> inputs{};
  std::array<ek_tensor_info, EK_MAX_TENSORS> outputs{};
  const std::unique_ptr<edgekeep::client::Session> session;
};

namespace edgekeep::client {

static_assert(EK_MAX_RANK == gate::kMaxRank);
static_assert(EK_MAX_TENSORS == gate::kMaxTensors);
static_assert(EK_MAX_CALLS == gate::kMaxSlots);

}  // namespace edgekeep::client
