// Every attack, in a cell of the real spawner: once it serves or installs, and already while it would load its engine.
// As the control each gets through without confinement.
#include "attacked_spawner.h"

namespace edgekeep::attack {
namespace {

using isolation::Purpose;

constexpr std::uint64_t kCellMemory = 16 << 20;

struct CellCase {
  const char* attack;
  Purpose purpose;
  End end;
  bool while_loading = false;
};

void PrintTo(const CellCase& test, std::ostream* out) {
  *out << test.attack;
}

class Confinement : public AttackedSpawner<CellCase> {};

TEST_P(Confinement, Holds) {
  Order order = OrderTo(GetParam().attack);
  order.while_loading = GetParam().while_loading;
  // The one place where an install cell may write.
  if (GetParam().purpose == Purpose::kInstall) order.knowledge.directory = "/scratch";
  HostileCell cell = spawner_->Start(GetParam().purpose, kCellMemory);
  const Outcome outcome = Try(cell.control, order, [&] { return spawner_->WaitStatusOf(cell.number); });
  EXPECT_FALSE(GotThrough(outcome));
  EXPECT_EQ(outcome.answered, GetParam().end == kRefused) << "wait status " << outcome.wait_status;
  EXPECT_TRUE(outcome.answered || WTERMSIG(outcome.wait_status) == SIGSYS);
  if (outcome.answered) spawner_->Kill(cell.number);
  spawner_->WaitStatusOf(cell.number);
}

TEST_P(Confinement, ControlGetsThroughWithout) {
  ExpectGetsThrough(OrderTo(GetParam().attack));
}

std::string NameOfCellCase(const testing::TestParamInfo<CellCase>& info) {
  const CellCase& test = info.param;
  const char* const purpose = test.purpose == Purpose::kServe     ? "_serve"
                              : test.purpose == Purpose::kInstall ? "_install"
                                                                  : "_export";
  return std::string(test.attack) + (test.while_loading ? "_loading_to" : "") + purpose;
}

constexpr auto kServe = Purpose::kServe;
constexpr auto kInstall = Purpose::kInstall;
constexpr auto kExport = Purpose::kExport;

constexpr CellCase kOnFiles[] = {{"open_file", kServe, kRefused},
                                 {"open_file", kInstall, kRefused},
                                 {"open_own_program", kServe, kRefused},
                                 {"open_own_program", kInstall, kRefused},
                                 {"open_library", kServe, kRefused},
                                 {"open_library", kInstall, kRefused},
                                 {"create_file", kServe, kRefused},
                                 {"make_directory", kServe, kKilled},
                                 {"make_link", kInstall, kKilled},
                                 {"mount", kServe, kKilled},
                                 {"mount", kInstall, kKilled},
                                 {"mount_by_descriptor", kServe, kKilled},
                                 {"watch_files", kServe, kKilled},
                                 {"chroot", kInstall, kKilled},
                                 {"leave_by_descriptor", kServe, kRefused},
                                 {"leave_by_descriptor", kInstall, kRefused},
                                 {"use_another_descriptor", kServe, kRefused},
                                 {"fill", kServe, kRefused},
                                 {"fill", kInstall, kRefused},
                                 {"fill_with_files", kInstall, kRefused},
                                 {"memory_file", kServe, kKilled},
                                 {"open_by_handle", kServe, kKilled}};

constexpr CellCase kOnNetwork[] = {{"tcp", kServe, kKilled},
                                   {"tcp", kInstall, kKilled},
                                   {"udp", kServe, kKilled},
                                   {"udp", kInstall, kKilled},
                                   {"unix_path", kServe, kKilled},
                                   {"unix_path", kInstall, kKilled},
                                   {"unix_abstract", kServe, kKilled},
                                   {"unix_abstract", kInstall, kKilled},
                                   {"listen", kInstall, kKilled},
                                   {"raw_socket", kServe, kKilled},
                                   {"packet_socket", kServe, kKilled},
                                   {"hypervisor_socket", kServe, kKilled},
                                   {"hypervisor_socket", kInstall, kKilled},
                                   {"netlink", kServe, kKilled},
                                   {"socket_pair", kServe, kKilled}};

constexpr CellCase kOnProcesses[] = {{"ptrace", kServe, kKilled},
                                     {"read_memory", kServe, kKilled},
                                     {"read_memory", kInstall, kKilled},
                                     {"write_memory", kServe, kKilled},
                                     {"read_memory_file", kServe, kRefused},
                                     {"read_memory_file", kInstall, kRefused},
                                     {"take_descriptor", kServe, kKilled},
                                     {"compare", kServe, kKilled},
                                     {"pin_another", kServe, kRefused},
                                     {"slow_another", kServe, kKilled},
                                     {"limit_another", kServe, kKilled},
                                     {"signal", kServe, kKilled},
                                     {"signal_everybody", kInstall, kKilled},
                                     {"fork", kServe, kKilled},
                                     {"fork", kInstall, kKilled},
                                     {"execute", kServe, kKilled},
                                     {"replace_program", kServe, kKilled},
                                     {"replace_program", kInstall, kKilled},
                                     {"execute_memory_file", kServe, kKilled},
                                     {"new_namespaces", kServe, kKilled},
                                     {"new_namespaces_by_clone3", kServe, kRefused},
                                     {"enter_namespace", kServe, kKilled},
                                     {"all_processes", kInstall, kKilled},
                                     {"become_root", kServe, kKilled}};

constexpr CellCase kOnMemory[] = {{"writable_code", kServe, kKilled},       {"writable_code", kInstall, kKilled},
                                  {"late_code", kServe, kKilled},           {"late_code_by_key", kServe, kKilled},
                                  {"code_by_personality", kServe, kKilled}, {"code_from_file", kServe, kRefused},
                                  {"code_from_file", kInstall, kKilled},    {"code_from_memory_file", kServe, kKilled},
                                  {"write_own_code", kServe, kRefused},     {"write_own_code", kInstall, kRefused},
                                  {"all_memory", kServe, kRefused},         {"all_memory", kInstall, kRefused},
                                  {"all_shared_memory", kServe, kKilled},   {"all_shared_memory", kInstall, kKilled},
                                  {"raise_limits", kServe, kKilled},        {"dumpable", kServe, kKilled}};

constexpr CellCase kOnKernel[] = {{"io_uring", kServe, kKilled},
                                  {"bpf", kServe, kKilled},
                                  {"keyring", kServe, kKilled},
                                  {"add_key", kServe, kKilled},
                                  {"perf", kServe, kKilled},
                                  {"userfault", kInstall, kKilled},
                                  {"shared_memory", kServe, kKilled},
                                  {"semaphores", kServe, kKilled},
                                  {"message_queue", kServe, kKilled},
                                  {"name_host", kServe, kKilled},
                                  {"type_on_terminal", kServe, kRefused}};

// A cell that hands files out writes to memory files it was given; nothing else is open to it.
constexpr CellCase kByAnExportingCell[] = {{"open_file", kExport, kRefused},
                                           {"open_own_program", kExport, kRefused},
                                           {"create_file", kExport, kRefused},
                                           {"fill", kExport, kRefused},
                                           {"memory_file", kExport, kKilled},
                                           {"leave_by_descriptor", kExport, kRefused},
                                           {"use_another_descriptor", kExport, kRefused},
                                           {"tcp", kExport, kKilled},
                                           {"unix_path", kExport, kKilled},
                                           {"ptrace", kExport, kKilled},
                                           {"read_memory", kExport, kKilled},
                                           {"fork", kExport, kKilled},
                                           {"replace_program", kExport, kKilled},
                                           {"all_memory", kExport, kRefused},
                                           {"writable_code", kExport, kKilled},
                                           {"io_uring", kExport, kKilled}};

// While loading a cell can do one thing more, read the system's libraries, and that makes no other attack possible: a
// file that it could write itself is refused as code by the file system.
std::vector<CellCase> WhileLoading(std::span<const CellCase> cases) {
  std::vector<CellCase> loading;
  for (CellCase test : cases) {
    if (test.attack == std::string_view("open_library")) continue;
    if (test.attack == std::string_view("code_from_file")) test.end = kRefused;
    test.while_loading = true;
    loading.push_back(test);
  }
  return loading;
}

INSTANTIATE_TEST_SUITE_P(Files, Confinement, testing::ValuesIn(kOnFiles), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(Network, Confinement, testing::ValuesIn(kOnNetwork), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(Processes, Confinement, testing::ValuesIn(kOnProcesses), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(Memory, Confinement, testing::ValuesIn(kOnMemory), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(Kernel, Confinement, testing::ValuesIn(kOnKernel), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(Exporting, Confinement, testing::ValuesIn(kByAnExportingCell), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(LoadingFiles, Confinement, testing::ValuesIn(WhileLoading(kOnFiles)), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(LoadingNetwork, Confinement, testing::ValuesIn(WhileLoading(kOnNetwork)), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(LoadingProcesses, Confinement, testing::ValuesIn(WhileLoading(kOnProcesses)), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(LoadingMemory, Confinement, testing::ValuesIn(WhileLoading(kOnMemory)), NameOfCellCase);
INSTANTIATE_TEST_SUITE_P(LoadingKernel, Confinement, testing::ValuesIn(WhileLoading(kOnKernel)), NameOfCellCase);

}  // namespace
}  // namespace edgekeep::attack
