#include "edgekeep/probe/doctor.h"

#include <algorithm>

#include "host_files.h"

namespace edgekeep::probe {
namespace {

using enum Standing;

constexpr std::uint64_t kUnbounded = ~std::uint64_t{0};
constexpr long kAbiWithNetwork = 4;
constexpr long kAbiWithScopes = 6;

Check Needed(const char* name, bool there, std::string found, const char* advice) {
  return {.name = name,
          .standing = there ? kPresent : kAbsent,
          .found = std::move(found),
          .advice = there ? "" : advice,
          .needed = true};
}

Check Wanted(const char* name, Standing standing, std::string found, const char* advice) {
  return {.name = name,
          .standing = standing,
          .found = std::move(found),
          .advice = standing == kPresent ? "" : advice,
          .needed = false};
}

Check Landlock(long abi) {
  const char* const advice = "boot Linux 6.12 or later with landlock in lsm=";
  const std::string found = abi < 1 ? "not in this kernel" : "ABI " + std::to_string(abi);
  if (abi < 1) return Needed("landlock", false, found, advice);
  Check check = Needed("landlock", true, found, advice);
  if (abi < kAbiWithScopes) {
    check.standing = kWeaker;
    check.found += abi < kAbiWithNetwork ? ": files only" : ": files and TCP, not signals and abstract sockets";
    check.advice = advice;
  }
  return check;
}

Check LockedMemory(const Tries& tries) {
  const char* const advice = "run the spawner with CAP_SYS_RESOURCE or LimitMEMLOCK=infinity";
  if (tries.may_raise_limits || tries.lockable_bytes == kUnbounded) {
    return Wanted("locked memory", kPresent, "all of a cell's memory", advice);
  }
  return Wanted("locked memory", kWeaker,
                "plaintext pools only; " + std::to_string(tries.lockable_bytes >> 20) + " MiB for others", advice);
}

Check Cores(const HostFiles& host) {
  const std::string pattern = host.Text("proc/sys/kernel/core_pattern").value_or("");
  const bool piped = pattern.starts_with('|');
  return Wanted("core dumps", piped ? kWeaker : kPresent,
                pattern.empty() ? "no core_pattern" : "core_pattern is " + pattern,
                "a program gets dumps, whatever the limits say: set kernel.core_pattern to a file name");
}

Check Swap(const HostFiles& host) {
  const bool any = host.Lines("proc/swaps").size() > 1;
  return Wanted("swap", any ? kWeaker : kPresent, any ? "there is swap" : "none",
                "what is not locked may be written there: encrypt it with a key of each boot, or switch it off");
}

Check Sysctl(const HostFiles& host, const char* name, const std::string& path, long least, const char* advice) {
  const std::optional<long> value = host.Number("proc/sys/" + path);
  if (!value) return Wanted(name, kAbsent, "not in this kernel", advice);
  return Wanted(name, *value >= least ? kPresent : kWeaker, path + " = " + std::to_string(*value), advice);
}

Check ClearedPages(const HostFiles& host) {
  const std::string line = host.Text("proc/cmdline").value_or("");
  const bool set = line.find("init_on_free=1") != std::string::npos;
  return Wanted("init_on_free", set ? kPresent : kWeaker, set ? "on" : "not on the kernel's command line",
                "boot with init_on_free=1: freed pages are then cleared at once, not at their next use");
}

Check Groups(const HostFiles& host) {
  // Beside version 1, version 2 has what is left.
  std::optional<std::string> controllers = host.Text("sys/fs/cgroup/cgroup.controllers");
  if (!controllers) controllers = host.Text("sys/fs/cgroup/unified/cgroup.controllers");
  const auto has = [&](const char* name) { return controllers && controllers->find(name) != std::string::npos; };
  const bool both = has("memory") && has("pids");
  return Wanted(
      "cgroup v2", both ? kPresent : kWeaker,
      both ? *controllers + "; used where the spawner has a group of its own"
           : (controllers ? "no memory and pids controllers" : "not mounted"),
      "limits are those of setrlimit only: boot with cgroup v2 alone (systemd.unified_cgroup_hierarchy=1), and "
      "give the spawner a group of its own (systemd: Delegate=memory pids cpu)");
}

Check HugePages(const HostFiles& host) {
  const std::string text = host.Text("sys/kernel/mm/transparent_hugepage/enabled").value_or("");
  const bool on = !text.empty() && text.find("[never]") == std::string::npos;
  return Wanted("huge pages", on ? kPresent : kWeaker, text.empty() ? "not in this kernel" : text,
                "models open slower: set transparent_hugepage to madvise");
}

Check Users(const HostFiles& host) {
  std::size_t cells = 0;
  bool keep = false;
  for (const std::string& line : host.Lines("etc/passwd")) {
    if (line.starts_with("edgekeep-cell-")) ++cells;
    if (line.starts_with("edgekeep-keep:")) keep = true;
  }
  return Needed("users", keep && cells >= 8,
                std::string(keep ? "edgekeep-keep" : "no edgekeep-keep") + ", " + std::to_string(cells) + " for cells",
                "run systemd-sysusers with Edgekeep's file");
}

Check CoTenants(const HostFiles& host) {
  std::size_t others = 0;
  for (const std::string& line : host.Lines("etc/passwd")) {
    const std::size_t shell = line.rfind(':');
    if (shell == std::string::npos || line.starts_with("root:")) continue;
    const std::string program = line.substr(shell + 1);
    if (program.ends_with("sh")) ++others;
  }
  return Wanted("co-tenants", others == 0 ? kPresent : kWeaker,
                others == 0 ? "no other user with a shell" : std::to_string(others) + " other users with a shell",
                "who shares the host can time caches: remove their shells, or use vm cells");
}

Check Time(const HostFiles& host) {
  const bool kept = host.Exists("run/systemd/timesync/synchronized") || host.Exists("run/chrony") ||
                    host.Exists("run/chrony.pid") || host.Exists("run/ntpd.pid");
  return Wanted("time", kept ? kPresent : kWeaker, kept ? "kept by a service" : "no time service seen",
                "licences end by the clock: run systemd-timesyncd or chrony");
}

}  // namespace

std::vector<Check> Examine(const std::filesystem::path& root, const Tries& tries) {
  const HostFiles host(root);
  const bool engine = host.Exists("usr/lib/edgekeep/libonnxruntime.so.1");
  return {
      Wanted("kernel", host.Exists("proc/sys/kernel/osrelease") ? kPresent : kAbsent,
             host.Text("proc/sys/kernel/osrelease").value_or("unknown"), "mount /proc"),
      Landlock(tries.landlock_abi),
      Needed("seccomp", tries.seccomp_filters, tries.seccomp_filters ? "filters work" : "filters are refused",
             "use a kernel with CONFIG_SECCOMP_FILTER"),
      Needed("user namespaces", tries.user_namespaces,
             tries.user_namespaces ? "an ordinary user makes one" : "refused to ordinary users",
             "set user.max_user_namespaces above 0, kernel.unprivileged_userns_clone=1, and let AppArmor allow them"),
      Users(host),
      Wanted("memfd_secret", tries.memfd_secret ? kPresent : kWeaker,
             tries.memfd_secret ? "keys lie in pages the kernel itself does not map" : "refused",
             "keys lie in ordinary locked pages: use Linux 6.5 or later, or boot with secretmem.enable=1"),
      LockedMemory(tries),
      Cores(host),
      Swap(host),
      ClearedPages(host),
      Sysctl(host, "yama", "kernel/yama/ptrace_scope", 1, "set kernel.yama.ptrace_scope=1 or more"),
      Sysctl(host, "perf events", "kernel/perf_event_paranoid", 2, "set kernel.perf_event_paranoid=2 or more"),
      Groups(host),
      HugePages(host),
      Wanted("engine", engine ? kPresent : kWeaker, engine ? "libonnxruntime.so.1" : "not at its usual place",
             "install ONNX Runtime, or name it to the spawner by --engine"),
      CoTenants(host),
      Time(host),
  };
}

bool CellsCanRun(std::span<const Check> checks) {
  return std::none_of(checks.begin(), checks.end(),
                      [](const Check& check) { return check.needed && check.standing == kAbsent; });
}

std::string FittingProtection(const std::filesystem::path& root, std::span<const Check> checks) {
  const HostFiles host(root);
  const bool shared = std::any_of(checks.begin(), checks.end(), [](const Check& check) {
    return check.name == "co-tenants" && check.standing != kPresent;
  });
  if (host.Exists("dev/tee0")) return "trustzone: there is a TEE, which root cannot read";
  if (shared && host.Exists("dev/kvm")) return "vm: others share this host, and the processor runs virtual machines";
  if (!CellsCanRun(checks)) return "none yet: process cells need what is absent above";
  return shared ? "process: no TEE and no virtual machines here; others share this host, so weigh their access"
                : "process: nobody shares this host; root is not kept out, which takes a TEE";
}

const char* NameOf(Standing standing) noexcept {
  switch (standing) {
    case kPresent:
      return "present";
    case kWeaker:
      return "weaker";
    case kAbsent:
      break;
  }
  return "absent";
}

}  // namespace edgekeep::probe
