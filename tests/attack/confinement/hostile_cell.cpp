// Runs in a cell's place: confines itself exactly as a cell does, then tries whatever it is ordered to, or already when
// a cell would load its engine. With --layer it puts up that one layer only; with neither it does the same unconfined:
// the control.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "attacks.h"
#include "edgekeep/gate/posix/channel.h"
#include "edgekeep/isolation/process/lock_down.h"
#include "edgekeep/isolation/process/memory_lock.h"
#include "edgekeep/isolation/process/namespaces.h"
#include "one_layer.h"
#include "order.h"

namespace edgekeep::attack {
namespace {

using gate::Command;
using isolation::Purpose;

struct Options {
  bool confined = false;
  Purpose purpose = Purpose::kServe;
  std::uint64_t pool_bytes = 0;
  std::string_view layer;
};

Purpose PurposeCalled(std::string_view name) {
  if (name == "install") return Purpose::kInstall;
  return name == "export" ? Purpose::kExport : Purpose::kServe;
}

Options Parse(int count, char** values) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = values[i];
    if (name == "--purpose") {
      options.confined = true;
      options.purpose = PurposeCalled(values[i + 1]);
    } else if (name == "--pool-bytes") {
      options.pool_bytes = std::strtoull(values[i + 1], nullptr, 10);
    } else if (name == "--layer") {
      options.layer = values[i + 1];
    }
  }
  return options;
}

Status Confine(const Options& options, isolation::LockedMemory& memory) {
  EK_TRY_ASSIGN(memory, isolation::LockMemory(options.pool_bytes));
  EK_TRY(isolation::EnterOwnUserNamespace());
  return isolation::LockDownForLoading(options.purpose);
}

// What is not an attack: must work in a cell.
int DoHonestWork(isolation::LockedMemory& memory) {
  for (std::size_t i = 0; i < memory.pool.size(); i += 4096) memory.pool[i] = 1;
  int sum = 0;
  std::thread thread([&] { sum = memory.pool.empty() ? 1 : memory.pool[0]; });
  thread.join();
  std::string grown;
  while (grown.size() < std::size_t{1} << 20) grown.append(4096, 'x');
  return sum == 1 ? 0 : 1;
}

int Obey(const Order& order, isolation::LockedMemory& memory) {
  if (order.attack == "honest_work") return DoHonestWork(memory);
  return TryAttack(order.attack, order.knowledge);
}

int Run(const Options& options) {
  isolation::LockedMemory memory;
  if (options.confined && !Confine(options, memory)) return isolation::kExitNotConfined;
  if (!options.layer.empty() && !EnterLayer(options.layer)) return isolation::kExitNotConfined;
  gate::Channel keep{gate::Descriptor(isolation::kControlDescriptor)};
  const std::string_view locking = NameOf(memory.locking);
  if (!keep.Send(Command::kCellHello, 0, AsBytes(locking))) return 1;
  static std::array<std::uint8_t, gate::kMaxFrameSize> buffer;
  bool loading = options.confined;
  for (;;) {
    const auto message = keep.Receive(buffer, gate::kForever);
    if (!message) return 0;
    const Order order = DecodeOrder(AsText(message->frame.body));
    if (loading && !order.while_loading) {
      if (!isolation::LockDown(options.purpose)) return isolation::kExitNotConfined;
      loading = false;
    }
    const auto outcome = static_cast<std::uint8_t>(Obey(order, memory));
    if (!keep.Send(message->frame.header.command, message->frame.header.id, {&outcome, 1})) return 1;
  }
}

}  // namespace
}  // namespace edgekeep::attack

int main(int count, char** values) {
  return edgekeep::attack::Run(edgekeep::attack::Parse(count, values));
}
