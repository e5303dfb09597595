#include "edgekeep/cell/export.h"

#include "crash_wipe.h"
#include "hang_up_watch.h"
#include "orders.h"
#include "posix_files.h"

namespace edgekeep::cell {

Status ExportPackage(const Workshop& workshop, const Received& received, const gate::ExportPackageOrder& order) {
  const std::size_t count = order.files.size();
  if (received.num_descriptors != 1 + count) return Error(ErrorCode::kMalformed, "descriptors of an order");
  EK_TRY(HangUpWatch::Start(workshop.control.fd()));
  EK_TRY_ASSIGN(const PosixSource canonical, PosixSource::Of(std::move(received.descriptors[0])));
  InlineVector<PosixSink, gate::kMaxExportedFiles> files;
  InlineVector<sealing::ByteSink*, gate::kMaxExportedFiles> sinks;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY(files.PushBack(PosixSink(received.descriptors[1 + i].get())));
    EK_TRY(sinks.PushBack(&files[i]));
  }
  EK_TRY(ExportPackage({workshop.provider, workshop.workers, workshop.pool}, canonical, order, sinks.view()));
  CrashWipe::HoldBack();
  return workshop.control.Send(received.header.command, received.header.id, {});
}

}  // namespace edgekeep::cell
