#include <array>
#include <charconv>

#include "edgekeep/base/writer.h"
#include "edgekeep/gate/export.h"
#include "handlers.h"
#include "installation.h"
#include "orders.h"

namespace edgekeep::keep {
namespace {

static_assert(1 + gate::kMaxExportedFiles == gate::kMaxDescriptors);

Result<HandedOut> NewFiles(ports::MemoryFileHost& host, std::size_t count) {
  HandedOut files;
  for (std::size_t i = 0; i < count; ++i) {
    EK_TRY_ASSIGN(files[i], host.NewFile());
  }
  return files;
}

// Has a cell write them. It is gone when this returns.
Status Fill(KeepState& state, const Installation& found, const gate::ExportedFiles& paths, const HandedOut& files) {
  const formats::SlotFileRecord& canonical = found.record().canonical;
  EK_TRY_ASSIGN(const std::unique_ptr<ports::Cell> cell,
                state.world.cells.Start(ports::CellPurpose::kExport, canonical.file_size));
  gate::ExportPackageOrder order;
  order.canonical.key = found.decision.canonical_key().key.Clone();
  order.canonical.header_digest = canonical.header_digest;
  order.canonical.tags_digest = canonical.tags_digest;
  order.files = paths;
  EK_TRY_ASSIGN(const SecretBytes body, EncodeOrder(order));
  std::array<int, gate::kMaxDescriptors> descriptors{found.canonical.descriptor()};
  for (std::size_t i = 0; i < paths.size(); ++i) descriptors[1 + i] = files[i]->descriptor();
  EK_TRY_ASSIGN(const Bytes answer,
                GiveOrder(state.world.journal, found.record().product, *cell,
                          {gate::Command::kExportPackage, body, std::span(descriptors).first(1 + paths.size()),
                           OrderTimeout(2 * canonical.file_size)}));
  return answer.empty() ? Status() : Error(ErrorCode::kMalformed, "cell: answer to an export");
}

// A package that opened is what the author signed: that it lacks a file tells nothing of a key.
Error WhyNotFilled(const Error& error) {
  if (error.code() == ErrorCode::kNotFound) return Error(ErrorCode::kNotFound, "the package has no such file");
  return AfterSecretKeys(error);
}

// What left the trusted domain is the one thing an operator can never take back.
void NoteExport(ports::Journal& journal, const ProductName& product, std::uint32_t user) {
  constexpr std::string_view kWhat = "handed plaintext out, to user ";
  std::array<char, 10> digits;
  const auto number = std::to_chars(digits.data(), digits.data() + digits.size(), user);
  std::array<std::uint8_t, kWhat.size() + digits.size() + 2 + ProductName::kMaxLength> buffer;
  Writer line(buffer);
  const auto write = [&]() -> Status {
    EK_TRY(line.WriteBytes(AsBytes(kWhat)));
    EK_TRY(line.WriteBytes(AsBytes(std::string_view(digits.data(), number.ptr))));
    EK_TRY(line.WriteBytes(AsBytes(": ")));
    return line.WriteBytes(AsBytes(product.view()));
  };
  journal.NoteEvent(write() ? AsText(line.written()) : kWhat);
}

}  // namespace

Result<ExportedModel> ExportModel(KeepState& state, const gate::ExportModelRequest& request, std::uint32_t user,
                                  Attempt& attempt) {
  attempt.product = request.product;
  EK_TRY_ASSIGN(Installation decided, Decide(state, request.product, OpenedFor::kExport));
  EK_TRY_ASSIGN(const SessionPlace place,
                SessionPlace::Take(state.sessions, {request.product, user}, decided.demands.sessions));
  const std::lock_guard turn(state.export_turn);
  const Installation found(std::move(decided));  // its files are closed before the next one's turn
  EK_TRY_ASSIGN(HandedOut files, NewFiles(state.world.memory_files, request.files.size()));
  const Status filled = Fill(state, found, request.files, files);
  if (!filled) return WhyNotFilled(filled.error());
  for (std::size_t i = 0; i < request.files.size(); ++i) EK_TRY(files[i]->Seal());
  EK_TRY(state.CheckNotRetiring());
  NoteExport(state.world.journal, request.product, user);
  return ExportedModel{{found.record().version}, std::move(files)};
}

}  // namespace edgekeep::keep
