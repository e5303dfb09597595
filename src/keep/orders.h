// Orders to cells, encoded into memory that is wiped.
#pragma once
#include "edgekeep/base/secret.h"
#include "edgekeep/formats/product_policy.h"
#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/gate/cell_sessions.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/gate/frame.h"
#include "edgekeep/gate/ledger.h"
#include "edgekeep/ports/cell_host.h"
#include "edgekeep/ports/journal.h"

namespace edgekeep::keep {

Result<SecretBytes> EncodeOrder(const gate::ServeModelOrder& order);
Result<SecretBytes> EncodeOrder(const gate::InstallPackageOrder& order);
Result<SecretBytes> EncodeOrder(const gate::PreparePackageOrder& order);
Result<SecretBytes> EncodeOrder(const gate::SessionOrder& order);
Result<SecretBytes> EncodeOrder(const gate::ExportPackageOrder& order);
Result<SecretBytes> EncodeOrder(const gate::StopOrder& order);

// A policy as it goes through the gate.
Result<gate::PolicyBytes> EncodePolicy(const formats::ProductPolicy& policy);

// What a caller may hear of a failure after secret keys were used: the world's own troubles by name, everything that
// could tell something of a key or a content as kDenied.
Error AfterSecretKeys(const Error& error) noexcept;

struct CellOrder {
  gate::Command command = gate::Command::kError;
  const SecretBytes& body;
  std::span<const int> descriptors;
  int timeout_ms = 0;
};

// Gives an order over a package of `product`. What the cell says of a refusal goes to the journal; the caller gets its
// code.
Result<Bytes> GiveOrder(ports::Journal& journal, const ProductName& product, ports::Cell& cell, const CellOrder& order);

// How long a cell may take for an order over `bytes` of data, in milliseconds.
int OrderTimeout(std::uint64_t bytes) noexcept;

}  // namespace edgekeep::keep
