// run
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "commands.h"
#include "edgekeep/cli/line/whole_number.h"
#include "npy.h"
#include "run_inputs.h"
#include "small_file.h"
#include "tensor_summary.h"
#include "waiting.h"

namespace edgekeep::cli::device {
namespace {

struct RunOptions {
  std::string product;
  InputOptions inputs;
  std::string output_directory;
  std::uint32_t repeat = 1;
  std::uint32_t threads = 0;
  std::uint64_t ring_mib = 0;
  std::string receipt;  // where to
};

// Milliseconds of each run.
using Times = std::vector<double>;

std::string Text(double number) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.6g", number);
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

Outcome<app::Model> OpenModel(const Session& session, const RunOptions& options) {
  const auto client = session.OpenClient();
  if (!client) return client.error();
  const Waiting waiting("opening " + options.product);
  app::Expected<app::Model> model =
      client->OpenModel(options.product.c_str(), {.ring_bytes = options.ring_mib << 20, .threads = options.threads});
  if (!model) return session.Refusal(model.error(), "opening " + options.product);
  return *std::move(model);
}

std::vector<app::Input> ViewsOf(const std::vector<Tensor>& tensors) {
  std::vector<app::Input> views;
  views.reserve(tensors.size());
  for (const Tensor& tensor : tensors) {
    views.emplace_back(nullptr, tensor.type, std::as_bytes(std::span(tensor.bytes)), tensor.shape);
  }
  return views;
}

ByteView BytesOf(const app::Output& output) {
  return {reinterpret_cast<const std::uint8_t*>(output.bytes().data()), output.bytes().size()};
}

// What a receipt is about, as spec/receipt.md §2 writes it.
void AppendTensor(std::uint32_t index, ek_element_type type, std::span<const std::int64_t> shape, ByteView bytes,
                  std::vector<std::uint8_t>& out) {
  const auto append = [&out](std::uint64_t number, int size) {
    for (int i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  };
  append(index, 4);
  append(type, 4);
  append(shape.size(), 4);
  for (const std::int64_t dimension : shape) append(static_cast<std::uint64_t>(dimension), 8);
  append(bytes.size(), 8);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// The receipt of a run of its own, its tensors beside it.
Done WriteReceipt(const Session& session, app::Model& model, const std::string& path, const std::vector<Tensor>& inputs,
                  NewFiles& files) {
  app::Expected<app::Call> call = model.Submit(ViewsOf(inputs));
  if (!call) return session.Refusal(call.error(), "running for a receipt");
  const app::Expected<app::Outputs> outputs = call->Wait();
  if (!outputs) return session.Refusal(outputs.error(), "running for a receipt");
  std::vector<std::uint8_t> in;
  std::vector<std::uint8_t> out;
  for (std::uint32_t i = 0; i < inputs.size(); ++i)
    AppendTensor(i, inputs[i].type, inputs[i].shape, inputs[i].bytes, in);
  for (std::uint32_t i = 0; i < outputs->size(); ++i) {
    const app::Output& output = (*outputs)[i];
    AppendTensor(i, output.type(), output.shape(), BytesOf(output), out);
  }
  std::array<std::byte, EK_MAX_RECEIPT> receipt;
  const app::Expected<std::size_t> size = call->Receipt(receipt);
  if (!size) return session.Refusal(size.error(), "asking for the receipt");
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(receipt.data()), *size);
  EK_TRY(files.Write(path, bytes));
  EK_TRY(files.Write(path + ".inputs", in));
  return files.Write(path + ".outputs", out);
}

struct Runs {
  app::Outputs outputs;  // of the last one
  Times times;
};

Outcome<Runs> RunAll(const Session& session, app::Model& model, const RunOptions& options,
                     const std::vector<Tensor>& inputs) {
  using Clock = std::chrono::steady_clock;
  const std::vector<app::Input> views = ViewsOf(inputs);
  const Waiting waiting("running " + options.product);
  Runs runs;
  for (std::uint32_t i = 0; i < options.repeat; ++i) {
    const auto start = Clock::now();
    app::Expected<app::Outputs> outputs = model.Run(views);
    runs.times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    if (!outputs) return session.Refusal(outputs.error(), "running " + options.product);
    runs.outputs = *outputs;
  }
  return runs;
}

// A model chooses its outputs' names: none may lead elsewhere.
std::string FileNameOf(std::string name) {
  std::ranges::replace(name, '/', '_');
  return (name.starts_with('.') ? "_" + name : name) + ".npy";
}

std::string PathOf(const std::string& directory, const std::string& name) {
  return std::filesystem::path(directory) / FileNameOf(name);
}

Done WriteOutput(NewFiles& files, const std::string& directory, const std::string& name, const app::Output& output) {
  if (ElementSize(output.type()) == 0) {
    return Failure{ErrorCode::kUnsupported, "an output of a type that no .npy file has",
                   name + ", " + TypeText(output.type()), "take it by the C, C++ or Python library"};
  }
  return files.Write(PathOf(directory, name), EncodeNpy(output.type(), output.shape(), BytesOf(output)));
}

// Before a call is counted for nothing.
Done CheckFilesAreNew(const app::Model& model, const RunOptions& options) {
  if (!options.receipt.empty()) {
    for (const char* const end : {"", ".inputs", ".outputs"}) EK_TRY(CheckCanBeMade(options.receipt + end));
  }
  std::error_code missing;
  if (options.output_directory.empty() || !std::filesystem::exists(options.output_directory, missing)) return {};
  for (std::size_t i = 0; i < model.description().num_outputs; ++i)
    EK_TRY(CheckCanBeMade(PathOf(options.output_directory, model.output(i).name())));
  return {};
}

json::Object OutputObject(const std::string& name, const app::Output& output, const Summary& summary) {
  json::Array shape;
  for (const std::int64_t dimension : output.shape()) shape.emplace_back(dimension);
  json::Object object;
  object.Set("name", name).Set("type", TypeText(output.type())).Set("shape", std::move(shape));
  if (!IsSummarised(output.type())) return object;
  object.Set("min", summary.min).Set("max", summary.max).Set("argmax", summary.argmax);
  object.Set("not_numbers", summary.not_numbers);
  return object;
}

std::string OutputText(const std::string& name, const app::Output& output, const Summary& summary) {
  std::string text = name + "  " + TypeText(output.type()) + " " + ShapeText(output.shape());
  if (!IsSummarised(output.type())) return text;
  text +=
      "  min " + Text(summary.min) + "  max " + Text(summary.max) + "  largest at " + std::to_string(summary.argmax);
  if (summary.not_numbers != 0) text += "  " + std::to_string(summary.not_numbers) + " are no numbers";
  return text;
}

json::Object TimesObject(Times times) {
  json::Object object;
  object.Set("runs", times.size()).Set("first", times.front());
  std::ranges::sort(times);
  object.Set("median", times[times.size() / 2]).Set("fastest", times.front()).Set("slowest", times.back());
  return object;
}

std::string TimesText(Times times) {
  if (times.size() == 1) return Text(times.front()) + " ms";
  std::string text = std::to_string(times.size()) + " runs: first " + Text(times.front());
  std::ranges::sort(times);
  return text + " ms, median " + Text(times[times.size() / 2]) + " ms, fastest " + Text(times.front()) + " ms";
}

Done Run(const Session& session, const RunOptions& options) {
  auto model = OpenModel(session, options);
  if (!model) return model.error();
  const auto inputs = MakeInputs(*model, options.inputs);
  if (!inputs) return inputs.error();
  EK_TRY(CheckFilesAreNew(*model, options));
  const auto runs = RunAll(session, *model, options, *inputs);
  if (!runs) return runs.error();
  std::string text = options.product + " " + model->description().version;
  json::Array outputs;
  NewFiles files;
  if (!options.output_directory.empty()) files.MakeDirectory(options.output_directory);
  for (std::size_t i = 0; i < runs->outputs.size(); ++i) {
    const app::Output& output = runs->outputs[i];
    const std::string name = model->output(i).name();
    const Summary summary = Summarise(output.type(), BytesOf(output));
    text += "\n" + OutputText(name, output, summary);
    outputs.emplace_back(OutputObject(name, output, summary));
    if (options.output_directory.empty()) continue;
    EK_TRY(WriteOutput(files, options.output_directory, name, output));
  }
  if (!options.receipt.empty()) {
    EK_TRY(WriteReceipt(session, *model, options.receipt, *inputs, files));
  }
  files.Keep();
  json::Object object;
  object.Set("product", options.product).Set("version", model->description().version);
  object.Set("outputs", std::move(outputs)).Set("milliseconds", TimesObject(runs->times));
  return session.Tell(text + "\n" + TimesText(runs->times), object);
}

}  // namespace

void AddRunCommand(CLI::App& root, const Session& session, Action& action) {
  const auto options = std::make_shared<RunOptions>();
  CLI::App* run = root.add_subcommand("run", "run an installed model once, or several times");
  run->add_option("product", options->product, "publisher/name")->required();
  run->add_option("--input", options->inputs.files, "NAME=FILE.npy; once for each input")->allow_extra_args(false);
  run->add_option("--random", options->inputs.seed, "make up inputs that have no file, from this seed")
      ->check(line::WholeNumber());
  run->add_option("--shape", options->inputs.shapes, "NAME=D,D,...: shape of a made-up input")->allow_extra_args(false);
  run->add_option("--output-dir", options->output_directory,
                  "write each output to DIR/NAME.npy (never over an old one)");
  run->add_option("--receipt", options->receipt,
                  "run once more for a receipt: FILE, and what it is about in FILE.inputs and FILE.outputs");
  run->add_option("--repeat", options->repeat, "run that often")->check(line::WholeNumber(1, 1'000'000));
  run->add_option("--threads", options->threads, "of the engine (the keep's default if none)")
      ->check(line::WholeNumber(1, UINT32_MAX));
  run->add_option("--ring-mib", options->ring_mib, "room for inputs and outputs (64)")
      ->check(line::WholeNumber(1, 1024));
  run->callback([&session, &action, options] { action = [&session, options] { return Run(session, *options); }; });
}

}  // namespace edgekeep::cli::device
