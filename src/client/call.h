// Calls of an opened model.
#pragma once
#include <optional>
#include <span>

#include "edgekeep/client/call.h"
#include "model.h"

// Defined here for the C interface. Has its slot from the submission to its end.
struct ek_call {
  ek_call(ek_model& of, edgekeep::client::Session::Slot its_slot) noexcept : model(&of), slot(its_slot) {}

  ek_call(const ek_call&) = delete;
  ek_call& operator=(const ek_call&) = delete;

  ~ek_call() { model->session->GiveBack(slot); }

  ek_model* model;
  edgekeep::client::Session::Slot slot;
  // Of a bound call: where its inputs are.
  std::optional<edgekeep::gate::TensorPlaces> bound;
  bool started = false;
  // What came back, once it has.
  std::optional<edgekeep::client::Answer<edgekeep::gate::TensorPlaces>> answer;
  // Of its receipt, once that was asked for: the outputs are gone then.
  std::optional<std::uint64_t> receipt_number;
  bool receipt_under_way = false;
};

namespace edgekeep::client {

using Inputs = std::span<const ek_input>;
using OutputRequests = std::span<ek_output>;

// Submits a call, once a slot is free. Fails as PlaceInputs and Session do.
Answer<ek_call*> Submit(ek_model& model, Inputs inputs, const Deadline& deadline);

using BoundInputs = std::span<ek_bound_input>;

// Takes a slot for inputs that are written in place. Fails as Submit does.
Answer<ek_call*> Bind(ek_model& model, BoundInputs inputs, const Deadline& deadline);

// Submits what a bound call's buffers hold. Fails with kBadState, or as Session does.
Outcome Start(ek_call& call);

// Waits for the answer, and hands it over. May be repeated. Fails with kTimedOut, or as Session and Collect do.
Outcome Wait(ek_call& call, OutputRequests outputs, const Deadline& deadline);

// True when Wait would not wait.
bool IsDone(ek_call& call);

// The receipt of an answered call, as large as it is; the view lasts until the call ends. May be repeated. Fails with
// kBadState, kNotFound, kTimedOut, or as Session does.
Answer<ByteView> Receipt(ek_call& call, const Deadline& deadline);

// One run from end to end; waits for a free slot first.
Outcome Run(ek_model& model, Inputs inputs, OutputRequests outputs, const Deadline& deadline);

}  // namespace edgekeep::client
