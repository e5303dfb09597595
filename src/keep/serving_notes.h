// What a cell says of how it runs a model.
#pragma once
#include "edgekeep/formats/product_policy.h"
#include "edgekeep/gate/cell_orders.h"
#include "installation.h"

namespace edgekeep::keep {

// Remembers the provider and writes into the journal what of the policy's wishes this device could not fulfil. Takes
// the state's mutex. Fails with kDenied for a provider that the policy does not allow: no honest cell takes one.
Status NoteHowItRuns(KeepState& state, const ProductName& product, const formats::ProductPolicy& policy,
                     const gate::ServeModelAnswer& answer);

// `error` of a cell that did not serve, in the words of the policy, of the product or of operations, where that is the
// reason.
Error BecauseOf(const Installation& found, const Error& error) noexcept;

}  // namespace edgekeep::keep
