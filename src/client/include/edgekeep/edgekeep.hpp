// libedgekeep for C++23: the C interface (edgekeep.h) with owners, spans and std::expected. Header only; nothing
// throws.
//
//   auto client = edgekeep::app::Client::Open();
//   auto model = client->OpenModel("acme/label-ocr");
//   const std::array<std::int64_t, 2> shape = {1, 4};
//   const std::array inputs = {edgekeep::app::Input("x", values, shape)};
//   auto outputs = model->Run(inputs);
//   std::span<const float> y = (*outputs)[0].As<float>();
#pragma once
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <utility>

#include "edgekeep/edgekeep.h"
#include "edgekeep/tensors.hpp"

namespace edgekeep::app {

// A call under way, or answered; cancelled when it ends before its answer. One thread at a time; its model outlives it.
class Call {
 public:
  // True when Wait would not wait.
  bool is_done() const noexcept { return ek_call_is_done(call_.get()) != 0; }

  // Waits for the answer; the outputs are views that last as long as the call. Fails as ek_call_wait does: after
  // EK_TIMED_OUT the call goes on and may be waited for again.
  Expected<Outputs> Wait(std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    Expected<Outputs> outputs;
    outputs->size_ = num_outputs_;
    const Expected<void> waited = WaitInto({outputs->get(), outputs->size_}, timeout_ms);
    if (!waited) return std::unexpected(waited.error());
    return outputs;
  }

  // The answered call's receipt, written to the front of `buffer`, of which EK_MAX_RECEIPT bytes are always enough;
  // returns its size. Views of the outputs end. Fails as ek_call_receipt does.
  Expected<std::size_t> Receipt(std::span<std::byte> buffer, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    std::size_t size = 0;
    ek_error error;
    if (ek_call_receipt(call_.get(), buffer.data(), buffer.size(), &size, timeout_ms, &error) != EK_OK) {
      return std::unexpected(Error(error));
    }
    return size;
  }

  // As Wait does, into the caller's buffers where `outputs` names some.
  Expected<void> WaitInto(std::span<ek_output> outputs, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    ek_error error;
    if (ek_call_wait(call_.get(), outputs.data(), outputs.size(), timeout_ms, &error) != EK_OK) {
      return std::unexpected(Error(error));
    }
    return {};
  }

 private:
  friend class BoundCall;
  friend class Model;

  ek_call* get() const noexcept { return call_.get(); }

  struct End {
    void operator()(ek_call* call) const noexcept { ek_call_end(call); }
  };

  Call(ek_call* call, std::size_t num_outputs) noexcept : call_(call), num_outputs_(num_outputs) {}

  std::unique_ptr<ek_call, End> call_;
  std::size_t num_outputs_;
};

// An input that the application writes in place (Model::Bind). Borrows name and shape until it is bound.
class BoundInput {
 public:
  // `name` may be null: the input at this position.
  BoundInput(const char* name, ek_element_type type, std::span<const std::int64_t> shape) noexcept
      : input_{name, type, static_cast<std::uint32_t>(shape.size()), shape.data(), nullptr, 0} {}

  const ek_bound_input& get() const noexcept { return input_; }

 private:
  ek_bound_input input_;
};

// A place for calls whose inputs the application writes where the cell reads them; any number, one after another. One
// thread at a time; its model outlives it.
class BoundCall {
 public:
  // Where the elements of an input go, by its position among those that were bound; empty where that is of another
  // type.
  template <Element T>
  std::span<T> Buffer(std::size_t position) noexcept {
    const ek_bound_input& input = inputs_[position];
    if (input.type != ElementTypeOf<T>()) return {};
    return {static_cast<T*>(input.buffer), input.size / sizeof(T)};
  }

  // Of any element type.
  std::span<std::byte> Bytes(std::size_t position) noexcept {
    return {static_cast<std::byte*>(inputs_[position].buffer), inputs_[position].size};
  }

  // Hands the buffers to the model and does not wait: call().Wait does. Fails as ek_call_start does.
  Expected<void> Start() {
    ek_error error;
    if (ek_call_start(call_.get(), &error) != EK_OK) return std::unexpected(Error(error));
    return {};
  }

  Call& call() noexcept { return call_; }

  // Both; the outputs are views that last until the next start.
  Expected<Outputs> Run(std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    const Expected<void> started = Start();
    if (!started) return std::unexpected(started.error());
    return call_.Wait(timeout_ms);
  }

 private:
  friend class Model;

  explicit BoundCall(Call call) noexcept : call_(std::move(call)) {}

  Call call_;
  std::array<ek_bound_input, EK_MAX_TENSORS> inputs_{};
};

struct ModelOptions {
  std::uint64_t ring_bytes = 0;  // 0: the keep's default
  std::uint32_t threads = 0;     // 0: the keep's default
  std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT;
  std::uint32_t max_calls = 0;  // under way at a time; 0: one
};

// An opened model; closed when it ends. May be used by several threads as ek_model may, but a view lasts only until the
// next run of any of them.
class Model {
 public:
  const ek_model_description& description() const noexcept { return *ek_model_info(model_.get()); }

  // Require an index below description().num_inputs, …num_outputs.
  TensorInfo input(std::size_t index) const noexcept { return TensorInfo(ek_model_input(model_.get(), index)); }

  TensorInfo output(std::size_t index) const noexcept { return TensorInfo(ek_model_output(model_.get(), index)); }

  // Whether the licence that it was opened under names `feature`.
  bool HasFeature(const char* feature) const noexcept { return ek_model_has_feature(model_.get(), feature) != 0; }

  // Runs once; the outputs are views that last until the next run. Fails as ek_model_run does.
  Expected<Outputs> Run(std::span<const Input> inputs, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    Expected<Outputs> outputs;
    outputs->size_ = description().num_outputs;
    const Expected<void> ran = RunInto(inputs, {outputs->get(), outputs->size_}, timeout_ms);
    if (!ran) return std::unexpected(ran.error());
    return outputs;
  }

  // Runs once, into the caller's buffers where `outputs` names some. Fails as ek_model_run does.
  Expected<void> RunInto(std::span<const Input> inputs, std::span<ek_output> outputs,
                         std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    const InputList list(inputs);
    ek_error error;
    if (ek_model_run(model_.get(), list.data(), list.size(), outputs.data(), outputs.size(), timeout_ms, &error) !=
        EK_OK) {
      return std::unexpected(Error(error));
    }
    return {};
  }

  // Submits a call, and does not wait for its answer. Fails as ek_call_submit does: unless told to wait for a place,
  // with EK_BUSY when as many are under way as may be.
  Expected<Call> Submit(std::span<const Input> inputs, std::uint32_t timeout_ms = EK_TIMEOUT_NOW) {
    const InputList list(inputs);
    ek_call* call = nullptr;
    ek_error error;
    if (ek_call_submit(model_.get(), list.data(), list.size(), timeout_ms, &call, &error) != EK_OK) {
      return std::unexpected(Error(error));
    }
    return Call(call, description().num_outputs);
  }

  // Takes a place for calls whose inputs need not be copied on this side. Fails as ek_call_bind does.
  Expected<BoundCall> Bind(std::span<const BoundInput> inputs, std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) {
    std::array<ek_bound_input, EK_MAX_TENSORS + 1> list{};
    const std::size_t size = inputs.size() < list.size() ? inputs.size() : list.size();
    for (std::size_t i = 0; i < size; ++i) list[i] = inputs[i].get();
    ek_call* call = nullptr;
    ek_error error;
    if (ek_call_bind(model_.get(), list.data(), size, timeout_ms, &call, &error) != EK_OK) {
      return std::unexpected(Error(error));
    }
    BoundCall bound(Call(call, description().num_outputs));
    for (std::size_t i = 0; i < size; ++i) bound.inputs_[i] = list[i];
    return bound;
  }

 private:
  friend class Client;

  struct Close {
    void operator()(ek_model* model) const noexcept { ek_model_close(model); }
  };

  explicit Model(ek_model* model) noexcept : model_(model) {}

  std::unique_ptr<ek_model, Close> model_;
};

// One file of a package in plaintext, in memory that nobody can change; closed when it ends (edgekeep/client/export.h).
class ExportedFile {
 public:
  ExportedFile(ExportedFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

  ExportedFile& operator=(ExportedFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }

  ~ExportedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  // Close-on-exec; stays this object's.
  int descriptor() const noexcept { return descriptor_; }

 private:
  friend class Client;

  explicit ExportedFile(int descriptor) noexcept : descriptor_(descriptor) {}

  int descriptor_;
};

struct ClientOptions {
  const char* root = nullptr;  // null: "/"
  const char* app_socket = nullptr;
  std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT;
};

// The way to one device's keep. May be used by many threads at once.
class Client {
 public:
  // Connects nothing yet. Fails as ek_client_open does.
  static Expected<Client> Open(const ClientOptions& options = {}) {
    ek_client_options given = EK_CLIENT_OPTIONS_INIT;
    given.root = options.root;
    given.app_socket = options.app_socket;
    given.timeout_ms = options.timeout_ms;
    ek_client* client = nullptr;
    ek_error error;
    if (ek_client_open(&given, &client, &error) != EK_OK) return std::unexpected(Error(error));
    return Client(client);
  }

  // Fails as ek_model_open does.
  Expected<Model> OpenModel(const char* product, const ModelOptions& options = {}) const {
    ek_model_options given = EK_MODEL_OPTIONS_INIT;
    given.ring_bytes = options.ring_bytes;
    given.threads = options.threads;
    given.timeout_ms = options.timeout_ms;
    given.max_calls = options.max_calls;
    ek_model* model = nullptr;
    ek_error error;
    if (ek_model_open(client_.get(), product, &given, &model, &error) != EK_OK) return std::unexpected(Error(error));
    return Model(model);
  }

  // Hands out one file of an installed product; `path` null: its model. Fails as ek_export_files does.
  Expected<ExportedFile> Export(const char* product, const char* path = nullptr,
                                std::uint32_t timeout_ms = EK_TIMEOUT_DEFAULT) const {
    int file = -1;
    ek_error error;
    if (ek_export_files(client_.get(), product, &path, 1, timeout_ms, &file, &error) != EK_OK) {
      return std::unexpected(Error(error));
    }
    return ExportedFile(file);
  }

  // The C handle, for administration; borrowed.
  const ek_client* get() const noexcept { return client_.get(); }

 private:
  struct Close {
    void operator()(ek_client* client) const noexcept { ek_client_close(client); }
  };

  explicit Client(ek_client* client) noexcept : client_(client) {}

  std::unique_ptr<ek_client, Close> client_;
};

}  // namespace edgekeep::app
