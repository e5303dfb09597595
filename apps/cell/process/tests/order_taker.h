// Whatever carries out a cell's orders: the process under test, or the real thing behind the spawner.
#pragma once
#include <span>

#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/gate/frame.h"
#include "edgekeep/gate/statistics.h"

namespace edgekeep::cell {

class OrderTaker {
 public:
  virtual ~OrderTaker() = default;

  // Returns the answer's body, or the refusal.
  virtual Result<Bytes> Order(gate::Command command, ByteView body, std::span<const int> descriptors) = 0;

  Result<Bytes> Order(const gate::ServeModelOrder& order, std::span<const int> descriptors) {
    return Send(gate::Command::kServeModel, order, gate::EncodeServeModelOrder, descriptors);
  }

  Result<Bytes> Order(const gate::InstallPackageOrder& order, std::span<const int> descriptors) {
    return Send(gate::Command::kInstallPackage, order, gate::EncodeInstallPackageOrder, descriptors);
  }

  Result<Bytes> Order(const gate::PreparePackageOrder& order, std::span<const int> descriptors) {
    return Send(gate::Command::kPreparePackage, order, gate::EncodePreparePackageOrder, descriptors);
  }

  Status Order(gate::Command command, const gate::SessionOrder& order, std::span<const int> descriptors = {}) {
    const auto answer = Send(command, order, gate::EncodeSessionOrder, descriptors);
    return answer ? Status() : Status(answer.error());
  }

  Result<gate::CellStatistics> ReadStatistics() {
    EK_TRY_ASSIGN(const Bytes body, Order(gate::Command::kReadStatistics, ByteView(), {}));
    return gate::DecodeCellStatistics(body.view());
  }

  Result<Bytes> Order(const gate::ExportPackageOrder& order, std::span<const int> descriptors) {
    return Send(gate::Command::kExportPackage, order, gate::EncodeExportPackageOrder, descriptors);
  }

 private:
  template <typename Body, typename Encode>
  Result<Bytes> Send(gate::Command command, const Body& order, Encode encode, std::span<const int> descriptors) {
    EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(gate::kMaxBodySize));
    CborWriter out(body.mutable_view());
    EK_TRY(encode(order, out));
    return Order(command, out.written(), descriptors);
  }
};

}  // namespace edgekeep::cell
