#include "edgekeep/engine/onnxruntime/engine.h"

#include <onnxruntime_session_options_config_keys.h>

#include <algorithm>
#include <array>
#include <new>

#include "edgekeep/base/bytes.h"
#include "edgekeep/base/writer.h"
#include "env_allocator.h"
#include "library.h"
#include "providers.h"
#include "scratch_file.h"
#include "session.h"
#include "session_options.h"

namespace edgekeep::engine {
namespace {

// Above this a prepared form cannot exist: it is one flatbuffer, and those end at 2 GiB.
constexpr std::uint64_t kMaxPreparable = (1ULL << 31) - (1ULL << 26);

// Messages may quote the model; nothing is printed.
void ORT_API_CALL DropMessage(void* /*param*/, OrtLoggingLevel /*severity*/, const char* /*category*/,
                              const char* /*id*/, const char* /*location*/, const char* /*message*/) {}

class OnnxRuntimeEngine final : public Engine {
 public:
  OnnxRuntimeEngine(const OrtApi& api, std::unique_ptr<EnvAllocator> allocator, Handle<OrtEnv> environment,
                    InlineString<95> version, const char* scratch_directory)
      : api_(api),
        allocator_(std::move(allocator)),
        environment_(std::move(environment)),
        version_(version),
        scratch_directory_(scratch_directory) {}

  std::string_view version() const override { return version_.view(); }

  Result<std::unique_ptr<Session>> LoadCanonical(ByteView model, std::span<const SideFile> side_files,
                                                 const Options& options) override {
    EK_TRY(KeepTo(options.memory_budget));
    Error refusal(ErrorCode::kModelRefused, "engine: none of the providers is there");
    for (const formats::ExecutionProvider provider : options.providers) {
      EK_TRY_ASSIGN(const auto made, OptionsForCanonical(api_, options, side_files));
      EK_TRY(UseOwnMemory(made.get()));
      if (!NamesTheCpu(options.providers)) EK_TRY(ForbidTheCpu(api_, made.get()));
      if (!UseProvider(api_, made.get(), provider)) continue;
      auto session = MakeSession(parts(), model, *made, provider);
      if (session) return session;
      refusal = session.error();
    }
    return refusal;
  }

  Result<std::unique_ptr<Session>> LoadPrepared(ByteView prepared, const Options& options) override {
    if (!NamesTheCpu(options.providers)) {
      return Error(ErrorCode::kModelRefused, "engine: a prepared form is for the CPU");
    }
    EK_TRY(KeepTo(options.memory_budget));
    EK_TRY_ASSIGN(const auto made, OptionsForPrepared(api_, options));
    EK_TRY(UseOwnMemory(made.get()));
    return MakeSession(parts(), prepared, *made, formats::ExecutionProvider::kCpu);
  }

  Result<SecretBytes> Prepare(ByteView model, std::span<const SideFile> side_files) override {
    if (scratch_directory_ == nullptr) return Error(ErrorCode::kUnsupported, "engine: no scratch directory");
    std::uint64_t total = model.size();
    for (const SideFile& file : side_files) total += file.bytes.size();
    if (total > kMaxPreparable) return Error(ErrorCode::kUnsupported, "engine: too large to prepare");
    EK_TRY_ASSIGN(const ScratchFile file, ScratchFile::In(scratch_directory_));
    EK_TRY_ASSIGN(const auto made, OptionsForPreparing(api_, side_files, file.path()));
    // Saving and loading fail alike, so a refusal here says only that there is no prepared form.
    if (!MakeSession(parts(), model, *made, formats::ExecutionProvider::kCpu))
      return Error(ErrorCode::kUnsupported, "engine: not preparable");
    return file.Read();
  }

 private:
  SessionParts parts() const { return {api_, *environment_, allocator_.get()}; }

  static bool NamesTheCpu(const formats::ExecutionProviders& providers) {
    return std::ranges::find(providers, formats::ExecutionProvider::kCpu) != providers.end();
  }

  // A budget that nobody would keep is refused.
  Status KeepTo(std::optional<std::uint64_t> budget) const {
    if (allocator_) {
      allocator_->SetBudget(budget);
      static_cast<void>(allocator_->TakeRefusal());
    } else if (budget) {
      return Error(ErrorCode::kUnsupported, "engine: a memory budget without tensor memory");
    }
    return {};
  }

  // Sessions without it would keep what they compute with in memory that nobody zeroes.
  Status UseOwnMemory(OrtSessionOptions* options) const {
    if (!allocator_) return {};
    return Check(api_, api_.AddSessionConfigEntry(options, kOrtSessionOptionsConfigUseEnvAllocators, "1"),
                 "engine: session options");
  }

  const OrtApi& api_;
  std::unique_ptr<EnvAllocator> allocator_;  // outlives the environment
  Handle<OrtEnv> environment_;
  InlineString<95> version_;
  const char* scratch_directory_;
};

Result<InlineString<95>> FullVersion(const Library& library) {
  std::array<std::uint8_t, 95> buffer;
  Writer out(buffer);
  EK_TRY(out.WriteBytes(AsBytes("onnxruntime-")));
  EK_TRY(out.WriteBytes(AsBytes(library.version.view())));
  return InlineString<95>::From(AsText(out.written()));
}

}  // namespace

Result<std::unique_ptr<Engine>> LoadOnnxRuntime(const OnnxRuntimeSettings& settings) {
  EK_TRY_ASSIGN(const Library library, OpenLibrary(settings.library_path));
  const OrtApi& api = *library.api;
  OrtEnv* made = nullptr;
  EK_TRY(Check(api, api.CreateEnvWithCustomLogger(DropMessage, nullptr, ORT_LOGGING_LEVEL_FATAL, "edgekeep", &made),
               "engine: environment"));
  auto environment = Own(made, api.ReleaseEnv);
  std::unique_ptr<EnvAllocator> allocator;
  if (settings.tensor_memory != nullptr) {
    EK_TRY_ASSIGN(allocator, EnvAllocator::Register(api, *environment, *settings.tensor_memory));
  }
  EK_TRY_ASSIGN(const auto version, FullVersion(library));
  std::unique_ptr<Engine> engine(new (std::nothrow) OnnxRuntimeEngine(api, std::move(allocator), std::move(environment),
                                                                      version, settings.scratch_directory));
  if (!engine) return Error(ErrorCode::kNoMemory, "engine");
  return engine;
}

}  // namespace edgekeep::engine
