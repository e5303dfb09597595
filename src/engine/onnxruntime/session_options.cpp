#include "session_options.h"

#include <onnxruntime_session_options_config_keys.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include "edgekeep/formats/package_index.h"

namespace edgekeep::engine {
namespace {

constexpr std::uint32_t kMaxThreads = 64;  // a confined cell may have 128 tasks in all
constexpr const char* kWhere = "engine: session options";

Status Set(const OrtApi& api, OrtSessionOptions* options, const char* key, const char* value) {
  return Check(api, api.AddSessionConfigEntry(options, key, value), kWhere);
}

Result<Handle<OrtSessionOptions>> CommonOptions(const OrtApi& api, const Options& wanted) {
  OrtSessionOptions* made = nullptr;
  EK_TRY(Check(api, api.CreateSessionOptions(&made), kWhere));
  auto options = Own(made, api.ReleaseSessionOptions);
  const int count = static_cast<int>(std::clamp(wanted.threads, 1U, kMaxThreads));
  EK_TRY(Check(api, api.SetIntraOpNumThreads(made, count), kWhere));
  EK_TRY(Check(api, api.SetInterOpNumThreads(made, 1), kWhere));
  EK_TRY(Check(api, api.SetSessionExecutionMode(made, ORT_SEQUENTIAL), kWhere));
  EK_TRY(Check(api, api.SetSessionLogSeverityLevel(made, ORT_LOGGING_LEVEL_FATAL), kWhere));
  // Threads that spin after a call take the core from the application that waits for the answer, where it is the same.
  EK_TRY(Set(api, made, kOrtSessionOptionsConfigAllowIntraOpSpinning, wanted.spinning ? "1" : "0"));
  EK_TRY(Set(api, made, kOrtSessionOptionsConfigAllowInterOpSpinning, "0"));
  return options;
}

// The C interface's parallel arrays for the files beside a model. It copies the names.
class FilesInMemory {
 public:
  Status Add(const SideFile& file) {
    EK_TRY_ASSIGN(names_[count_], InlineString<255>::From(file.path));
    pointers_[count_] = names_[count_].c_str();
    // The interface takes char* and only reads.
    buffers_[count_] = const_cast<char*>(reinterpret_cast<const char*>(file.bytes.data()));
    sizes_[count_] = file.bytes.size();
    ++count_;
    return {};
  }

  Status Register(const OrtApi& api, OrtSessionOptions* options) const {
    return Check(
        api,
        api.AddExternalInitializersFromFilesInMemory(options, pointers_.data(), buffers_.data(), sizes_.data(), count_),
        "engine: files beside the model");
  }

 private:
  static constexpr std::size_t kMost = formats::kMaxPackageFiles;
  std::array<InlineString<255>, kMost> names_;
  std::array<const char*, kMost> pointers_{};
  std::array<char*, kMost> buffers_{};
  std::array<std::size_t, kMost> sizes_{};
  std::size_t count_ = 0;
};

Status AddSideFiles(const OrtApi& api, OrtSessionOptions* options, std::span<const SideFile> side_files) {
  if (side_files.empty()) return {};
  if (side_files.size() > formats::kMaxPackageFiles)
    return Error(ErrorCode::kTooLarge, "engine: files beside the model");
  const std::unique_ptr<FilesInMemory> files(new (std::nothrow) FilesInMemory);
  if (!files) return Error(ErrorCode::kNoMemory, "engine: files beside the model");
  for (const SideFile& file : side_files) {
    // ONNX Runtime refuses empty buffers; nothing of an empty file can be referred to anyway.
    if (!file.bytes.empty()) EK_TRY(files->Add(file));
  }
  return files->Register(api, options);
}

}  // namespace

Result<Handle<OrtSessionOptions>> OptionsForCanonical(const OrtApi& api, const Options& options,
                                                      std::span<const SideFile> side_files) {
  EK_TRY_ASSIGN(auto made, CommonOptions(api, options));
  EK_TRY(Check(api, api.SetSessionGraphOptimizationLevel(made.get(), ORT_ENABLE_ALL), kWhere));
  // Without this, bytes that are both ONNX and the other format would pass our reader as one and load as the other.
  EK_TRY(Set(api, made.get(), kOrtSessionOptionsConfigLoadModelFormat, "ONNX"));
  EK_TRY(AddSideFiles(api, made.get(), side_files));
  return made;
}

Result<Handle<OrtSessionOptions>> OptionsForPreparing(const OrtApi& api, std::span<const SideFile> side_files,
                                                      const char* path) {
  EK_TRY_ASSIGN(auto made, OptionsForCanonical(api, Options{.threads = 1}, side_files));
  EK_TRY(Set(api, made.get(), kOrtSessionOptionsConfigSaveModelFormat, "ORT"));
  EK_TRY(Check(api, api.SetOptimizedModelFilePath(made.get(), path), kWhere));
  return made;
}

Result<Handle<OrtSessionOptions>> OptionsForPrepared(const OrtApi& api, const Options& options) {
  EK_TRY_ASSIGN(auto made, CommonOptions(api, options));
  EK_TRY(Check(api, api.SetSessionGraphOptimizationLevel(made.get(), ORT_DISABLE_ALL), kWhere));
  EK_TRY(Set(api, made.get(), kOrtSessionOptionsConfigLoadModelFormat, "ORT"));
  EK_TRY(Set(api, made.get(), kOrtSessionOptionsConfigUseORTModelBytesDirectly, "1"));
  EK_TRY(Set(api, made.get(), kOrtSessionOptionsConfigUseORTModelBytesForInitializers, "1"));
  return made;
}

}  // namespace edgekeep::engine
