#include "crash_wipe.h"
#include "edgekeep/cell/model_info.h"
#include "edgekeep/prepare/prepare.h"
#include "hang_up_watch.h"
#include "orders.h"
#include "posix_files.h"

namespace edgekeep::cell {
namespace {

prepare::Parts PartsOf(const Workshop& workshop) {
  return {workshop.provider, *workshop.engine.engine, workshop.workers, workshop.pool, workshop.engine.key};
}

gate::WrittenSlotFile Written(const sealing::SlotFileDigests& digests) {
  return {.header_digest = digests.header_digest, .tags_digest = digests.tags_digest, .file_size = digests.file_size};
}

Status AnswerWithPackage(const Workshop& workshop, const Received& received, const prepare::PreparedPackage& made) {
  gate::PreparedAnswer answer{.canonical = Written(made.canonical), .engine_key = workshop.engine.key};
  if (made.prepared) answer.prepared = Written(*made.prepared);
  EK_TRY_ASSIGN(answer.model, ModelInfoOf(made.inputs, made.outputs));
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(gate::kMaxBodySize));
  CborWriter out(body.mutable_view());
  EK_TRY(gate::EncodePreparedAnswer(answer, out));
  CrashWipe::HoldBack();
  return workshop.control.Send(received.header.command, received.header.id, out.written());
}

}  // namespace

Status InstallPackage(const Workshop& workshop, const Received& received, const gate::InstallPackageOrder& order) {
  if (received.num_descriptors != 3) return Error(ErrorCode::kMalformed, "descriptors of an order");
  EK_TRY(HangUpWatch::Start(workshop.control.fd()));
  EK_TRY_ASSIGN(const PosixSource sealed, PosixSource::Of(std::move(received.descriptors[0])));
  EK_TRY_ASSIGN(PosixSlotFile canonical, PosixSlotFile::Of(std::move(received.descriptors[1])));
  EK_TRY_ASSIGN(PosixSlotFile prepared, PosixSlotFile::Of(std::move(received.descriptors[2])));
  EK_TRY_ASSIGN(const auto mac, formats::PlaintextMac::From(order.plaintext_mac));
  const prepare::Install install{.trust = {order.content_key, order.header_digest, order.tags_digest, mac},
                                 .sealed_file = order.sealed_file,
                                 .seal_suite = order.seal_suite};
  EK_TRY_ASSIGN(const prepare::PreparedPackage made,
                prepare::InstallPackage(PartsOf(workshop), sealed, install, {canonical, order.canonical_key},
                                        {prepared, order.prepared_key}));
  return AnswerWithPackage(workshop, received, made);
}

Status PreparePackage(const Workshop& workshop, const Received& received, const gate::PreparePackageOrder& order) {
  if (received.num_descriptors != 2) return Error(ErrorCode::kMalformed, "descriptors of an order");
  EK_TRY(HangUpWatch::Start(workshop.control.fd()));
  EK_TRY_ASSIGN(const PosixSource canonical, PosixSource::Of(std::move(received.descriptors[0])));
  EK_TRY_ASSIGN(PosixSlotFile prepared, PosixSlotFile::Of(std::move(received.descriptors[1])));
  const prepare::CanonicalInput input{
      .file = canonical,
      .trust = {order.canonical.key, order.canonical.header_digest, order.canonical.tags_digest},
      .seal_suite = order.seal_suite};
  EK_TRY_ASSIGN(const prepare::PreparedPackage made,
                prepare::PreparePackage(PartsOf(workshop), input, {prepared, order.prepared_key}));
  return AnswerWithPackage(workshop, received, made);
}

}  // namespace edgekeep::cell
