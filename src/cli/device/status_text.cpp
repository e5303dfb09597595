#include "status_text.h"

#include <array>
#include <cstring>
#include <ctime>
#include <iterator>

#include "edgekeep/policy/operations.h"
#include "edgekeep/policy/write.h"
#include "licence_text.h"

namespace edgekeep::cli::device {

std::string TimeText(std::uint64_t seconds) {
  constexpr std::uint64_t kEndOfCalendar = 253402300800;  // the year 10000
  if (seconds >= kEndOfCalendar) return std::to_string(seconds) + " s since 1970";
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  std::array<char, 32> text{};
  ::gmtime_r(&time, &parts);
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return {text.data(), size};
}

namespace {

// One that does not decode is a newer keep's.
std::optional<formats::OperationsPolicy> OperationsOf(const ek_status& status) {
  if (status.operations_size == 0) return std::nullopt;
  const auto policy = formats::DecodeOperationsPolicy(ByteView(status.operations, status.operations_size));
  return policy ? std::optional(*policy) : std::nullopt;
}

std::string OperationsText(const ek_status& status) {
  if (status.operations_unreadable != 0) return "\noperations   DAMAGED: nothing opens until it is handed in again";
  if (status.operations_size == 0) return "";
  const auto policy = OperationsOf(status);
  if (!policy) return "\noperations   of another version";
  std::string text = "\noperations   policy " + std::to_string(policy->version);
  for (const std::string& line : policy::Describe(*policy)) text += "\n             " + line;
  return text;
}

// What orders and the policy hold this device to.
std::string OrderedText(const ek_status& status) {
  std::string text;
  if (status.suspended != 0) text += "\nordered      SUSPENDED: nothing opens until an order to resume";
  if (status.installs_held != 0) text += "\nordered      nothing is installed until an order allows it";
  if (status.max_sessions != 0) {
    text += "\nordered      at most " + std::to_string(status.max_sessions) + " sessions at a time";
  }
  if (status.quarantined != 0) text += "\nquarantine   of this chip's class: no licence is renewed here";
  return text;
}

}  // namespace

std::string ReleasesText(const ek_status& status) {
  if (status.demands_releases == 0) return kNoReleases;
  const std::string profile = status.policy_profile == 2 ? "production" : "development";
  const std::string newest =
      status.targets_version == 0 ? "none taken yet" : "release " + std::to_string(status.targets_version);
  std::string text = "demanded by policy " + std::to_string(status.policy_version) + " for " + profile + ", root " +
                     std::to_string(status.root_version) + ", " + newest + "\npolicy       " +
                     status.policy_fingerprint + "\ntime floor   " + TimeText(status.time_floor) +
                     OperationsText(status) + OrderedText(status);
  if (status.waiting_policy == 0) return text;
  return text + "\nnext policy  " + std::to_string(status.waiting_policy) + ", counts from " +
         TimeText(status.waits_until) + " of trusted time on";
}

namespace {

std::string PreparedText(const ek_product_status& product) {
  if (*product.prepared_for == '\0') return "no prepared form";
  if (product.prepared_form_set_aside != 0) return "prepared form set aside: cells that ran it crashed or hung";
  if (product.prepared_form_current != 0) return "prepared for this engine and CPU";
  return std::string("prepared for another engine or CPU (") + product.prepared_for + ")";
}

// One that does not decode is a newer keep's.
std::optional<formats::ProductPolicy> PolicyOf(const ek_product_status& product) {
  if (product.policy_size == 0) return formats::ProductPolicy();
  const auto policy = formats::DecodeProductPolicy(ByteView(product.policy, product.policy_size));
  return policy ? std::optional(*policy) : std::nullopt;
}

// Empty before the first open.
std::string_view ProviderOf(const ek_product_status& product) {
  return formats::NameOf(static_cast<formats::ExecutionProvider>(product.provider));
}

std::string PolicyText(const ek_product_status& product) {
  if (product.policy_size == 0) return "";
  const auto policy = PolicyOf(product);
  return "\n  policy     " + (policy ? policy::ToText(*policy) : "of another version");
}

constexpr const char* kMemoryNames[] = {"", "wiped", "left to the kernel", "unknown"};

const char* MemoryName(std::uint32_t memory) {
  return memory < std::size(kMemoryNames) ? kMemoryNames[memory] : "unknown";
}

std::string CrashText(const ek_product_status& product) {
  if (product.crashes == 0) return "";
  std::string text = "\n  crashes    " + std::to_string(product.crashes) + " since the keep began, the last at " +
                     TimeText(product.last_crash);
  const char* const signal = ::sigabbrev_np(static_cast<int>(product.last_crash_signal));
  if (signal != nullptr && product.last_crash_signal != 0) text += std::string(" by SIG") + signal;
  text += std::string(", its memory ") + MemoryName(product.last_crash_memory);
  if (product.wait_seconds == 0) return text;
  return text + "; the next cell may start in " + std::to_string(product.wait_seconds) + " s";
}

json::Value CrashObject(const ek_product_status& product) {
  json::Object object;
  object.Set("count", product.crashes);
  if (product.crashes != 0) {
    object.Set("last", product.last_crash).Set("signal", product.last_crash_signal);
    object.Set("memory", MemoryName(product.last_crash_memory));
  }
  object.Set("wait_seconds", product.wait_seconds);
  return json::Value(std::move(object));
}

json::Value ReleasesObject(const ek_status& status) {
  if (status.demands_releases == 0) return {};
  json::Object object;
  object.Set("policy", status.policy_version).Set("production", status.policy_profile == 2);
  object.Set("fingerprint", status.policy_fingerprint).Set("root", status.root_version);
  object.Set("targets", status.targets_version).Set("time_floor", status.time_floor);
  object.Set("waiting_policy", status.waiting_policy).Set("waits_until", status.waits_until);
  const auto operations = OperationsOf(status);
  object.Set("operations", operations ? json::Value(policy::ToJson(*operations)) : json::Value());
  object.Set("operations_unreadable", status.operations_unreadable != 0);
  object.Set("suspended", status.suspended != 0).Set("installs_held", status.installs_held != 0);
  object.Set("max_sessions", status.max_sessions != 0 ? json::Value(status.max_sessions) : json::Value());
  object.Set("quarantined", status.quarantined != 0);
  return json::Value(std::move(object));
}

std::string OrNone(const char* text) {
  return *text != '\0' ? text : "none could be started";
}

}  // namespace

Outcome<StatusPointer> AskStatus(const Session& session) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  const ek_status* status = nullptr;
  ek_error error;
  if (ek_admin_status(client->get(), &status, &error) != EK_OK) {
    return session.Refusal(app::Error(error), "asking for the status");
  }
  return StatusPointer(status);
}

std::string DeviceText(const ek_status& status) {
  std::string text;
  if (status.initialised == 0) {
    text = "device       not initialised; run 'edgekeep device init --trust publisher.ekt'";
  } else {
    text = std::string("device       ") + status.device_id + "\ntrusts       " + status.publisher + "\nanchor       " +
           AnchorText(status.anchor) + "\nreleases     " + ReleasesText(status);
  }
  return text + "\nengine       " + OrNone(status.engine_key) + "\ncells lock   " + OrNone(status.memory_locking) +
         (std::string_view(status.memory_locking) == "pool" ? " (not all of a model's memory: raise RLIMIT_MEMLOCK)"
                                                            : "") +
         ClockText(status);
}

json::Object DeviceObject(const ek_status& status) {
  json::Object object;
  object.Set("initialised", status.initialised != 0);
  if (status.initialised != 0) {
    object.Set("device", status.device_id).Set("publisher", status.publisher);
    object.Set("anchor", ek_anchor_name(status.anchor));
    object.Set("development_only", status.anchor == EK_ANCHOR_SOFTWARE);
    object.Set("releases", ReleasesObject(status));
  }
  object.Set("clock_behind_seconds", status.clock_behind_seconds);
  object.Set("engine_key", status.engine_key).Set("memory_locking", status.memory_locking);
  return object;
}

std::string ProductText(const ek_status& status, const ek_product_status& product) {
  return std::string(product.product) + "  " + product.version + " (sequence " +
         std::to_string(product.version_sequence) + "), slot " + std::to_string(product.slot) + ", " +
         LicenceText(product) + ", " + PreparedText(product) + ", " + std::to_string(product.open_sessions) + " open" +
         (product.provider == 0 ? "" : ", computes on " + std::string(ProviderOf(product))) + PolicyText(product) +
         CrashText(product) + WarningText(product, NowOf(status));
}

json::Object ProductObject(const ek_status& status, const ek_product_status& product) {
  json::Object object;
  object.Set("product", product.product).Set("version", product.version);
  object.Set("version_sequence", product.version_sequence).Set("slot", product.slot);
  object.Set("licensed", product.licensed != 0);
  object.Set("licence_expires", product.licence_has_end != 0 ? json::Value(product.licence_expires) : json::Value());
  object.Set("calls_left", product.has_calls_left != 0 ? json::Value(product.calls_left) : json::Value());
  object.Set("lease", LeaseToJson(product)).Set("warnings", WarningsToJson(product, NowOf(status)));
  object.Set("prepared_for", product.prepared_for);
  object.Set("prepared_form_current", product.prepared_form_current != 0);
  object.Set("prepared_form_set_aside", product.prepared_form_set_aside != 0);
  object.Set("open_sessions", product.open_sessions);
  object.Set("provider", product.provider == 0 ? json::Value() : json::Value(ProviderOf(product)));
  object.Set("crashes", CrashObject(product));
  const auto policy = PolicyOf(product);
  object.Set("policy", policy ? json::Value(policy::ToJson(*policy)) : json::Value());
  return object;
}

}  // namespace edgekeep::cli::device
