#include "cell_process.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include "crash_wipe.h"
#include "edgekeep/crypto/openssl/provider.h"
#include "edgekeep/gate/cell_orders.h"
#include "edgekeep/gate/failure.h"
#include "edgekeep/isolation/process/limits.h"
#include "hang_up_watch.h"
#include "loaded_engine.h"
#include "measure.h"
#include "order_room.h"
#include "orders.h"
#include "thread_workers.h"
#include "warm_up.h"

namespace edgekeep::cell {
namespace {

constexpr int kExitDone = 0;
constexpr int kExitNoOrder = 1;

// Everything a cell has before it meets a key. Later members may use earlier ones.
struct ReadyCell {
  isolation::LockedMemory memory;
  OrderRoom order_room;
  std::unique_ptr<crypto::Provider> provider;
  LoadedEngine engine;
  std::uint64_t tensor_bytes = 0;
};

Status SayHello(const ReadyCell& cell, gate::Channel& control) {
  gate::CellHello hello{.engine_key = cell.engine.key};
  EK_TRY_ASSIGN(hello.memory_locking, InlineString<32>::From(isolation::NameOf(cell.memory.locking)));
  std::array<std::uint8_t, 512> body;
  CborWriter out(body);
  EK_TRY(gate::EncodeCellHello(hello, out));
  return control.Send(gate::Command::kCellHello, 0, out.written());
}

Status SayFailure(const Error& error, std::uint64_t id, gate::Channel& control) {
  std::array<std::uint8_t, 256> body;
  CborWriter out(body);
  EK_TRY(gate::EncodeFailureInside(gate::FailureInsideOf(error), out));
  CrashWipe::HoldBack();
  return control.Send(gate::Command::kError, id, out.written());
}

Status CarryOut(const Workshop& workshop, OrderRoom& room, ByteView body, const Received& received) {
  switch (received.header.command) {
    case gate::Command::kServeModel: {
      EK_TRY_ASSIGN(gate::ServeModelOrder order, gate::DecodeServeModelOrder(body));
      return Serve(workshop, received, room.Keep(std::move(order)));
    }
    case gate::Command::kInstallPackage: {
      EK_TRY_ASSIGN(gate::InstallPackageOrder order, gate::DecodeInstallPackageOrder(body));
      return InstallPackage(workshop, received, room.Keep(std::move(order)));
    }
    case gate::Command::kPreparePackage: {
      EK_TRY_ASSIGN(gate::PreparePackageOrder order, gate::DecodePreparePackageOrder(body));
      return PreparePackage(workshop, received, room.Keep(std::move(order)));
    }
    case gate::Command::kExportPackage: {
      EK_TRY_ASSIGN(gate::ExportPackageOrder order, gate::DecodeExportPackageOrder(body));
      return ExportPackage(workshop, received, room.Keep(std::move(order)));
    }
    default:
      return Error(ErrorCode::kUnsupported, "not an order");
  }
}

bool Fits(gate::Command command, isolation::Purpose purpose) {
  switch (command) {
    case gate::Command::kServeModel:
      return purpose == isolation::Purpose::kServe;
    case gate::Command::kExportPackage:
      return purpose == isolation::Purpose::kExport;
    default:
      return purpose == isolation::Purpose::kInstall;
  }
}

int TakeOneOrder(ReadyCell& cell, gate::Channel& control, isolation::Purpose purpose) {
  auto message = control.Receive(cell.order_room.frame(), gate::kForever);
  if (!message) return message.error().code() == ErrorCode::kPeerGone ? kExitDone : kExitNoOrder;
  ThreadWorkers workers;
  const Workshop workshop{*cell.provider, cell.engine, workers, cell.memory.pool, control, cell.tensor_bytes};
  const gate::FrameHeader header = message->frame.header;
  const Received received{header, message->descriptors, message->num_descriptors};
  const Status done = Fits(header.command, purpose)
                          ? CarryOut(workshop, cell.order_room, message->frame.body, received)
                          : Status(Error(ErrorCode::kUnsupported, "not an order for this cell"));
  if (done) return kExitDone;
  return SayFailure(done.error(), header.id, control) ? kExitDone : kExitNoOrder;
}

struct Order {
  ReadyCell& cell;
  gate::Channel& control;
  isolation::Purpose purpose;
  int status = kExitNoOrder;
};

void* TakeOrder(void* given) {
  auto& order = *static_cast<Order*>(given);
  const CrashWipe::ArmedThread armed;
  order.status = TakeOneOrder(order.cell, order.control, order.purpose);
  return nullptr;
}

// On a thread of its own, whose stack is zeroed when it ends (wiped_stacks.cpp); the first thread's would stay.
int TakeOneOrderApart(Order order) {
  pthread_t thread{};
  if (pthread_create(&thread, nullptr, TakeOrder, &order) != 0) return kExitNoOrder;
  pthread_join(thread, nullptr);
  return order.status;
}

// One heap for all threads, grown by large steps: glibc grows other threads' heaps page by page, one call for each, and
// an engine that loads a model asks for a thousand.
void SetUpHeap() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TOP_PAD, 1 << 20);
}

// A write beyond a limit or to a closed socket must come back as an error, not end the process unwiped.
void IgnoreSignalsOfWriting() {
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &ignore, nullptr);
  sigaction(SIGPIPE, &ignore, nullptr);
}

}  // namespace

int RunCell(const Arguments& arguments, const Surroundings& surroundings, gate::Channel control,
            Confinement& confinement) {
  SetUpHeap();
  IgnoreSignalsOfWriting();
  if (arguments.purpose == isolation::Purpose::kMeasure) return RunMeasuringCell(arguments, control, confinement);
  const std::uint64_t tensor_bytes = isolation::TensorBytesFor(arguments.purpose, arguments.pool_bytes);
  auto memory = confinement.LockMemory(arguments.pool_bytes + tensor_bytes);
  auto room = OrderRoom::Map();
  if (!memory || !room || !confinement.DropPrivileges()) return isolation::kExitNotConfined;
  auto provider = crypto::NewOpenSslProvider();
  if (!provider) return isolation::kExitNoEngine;
  const bool installs = arguments.purpose == isolation::Purpose::kInstall;
  const MutableByteView tensors = memory->pool.last(static_cast<std::size_t>(tensor_bytes));
  memory->pool = memory->pool.first(memory->pool.size() - tensors.size());
  // A library runs code of its own as soon as it is loaded.
  if (!confinement.LockDownForLoading(arguments.purpose)) return isolation::kExitNotConfined;
  // Who hands bytes out computes nothing.
  auto engine = arguments.purpose == isolation::Purpose::kExport
                    ? Result<LoadedEngine>(LoadedEngine())
                    : LoadEngine(**provider, {arguments.engine, arguments.engine_digest},
                                 {installs ? surroundings.scratch_directory : nullptr, tensors});
  if (!engine) return isolation::kExitNoEngine;
  if (!confinement.LockDown(arguments.purpose)) return isolation::kExitNotConfined;
  if (arguments.purpose == isolation::Purpose::kServe) WarmUp(*engine->engine);
  ReadyCell cell{*memory, *std::move(room), *std::move(provider), *std::move(engine), tensor_bytes};
  CrashWipe::Arm(cell.order_room.bytes(), cell.memory.pool, cell.engine.tensor_memory.get());
  if (!SayHello(cell, control)) return kExitNoOrder;
  const int status = TakeOneOrderApart({cell, control, arguments.purpose});
  HangUpWatch::WorkEnded();
  return status;
}

}  // namespace edgekeep::cell
