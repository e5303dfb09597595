#include "call_meter.h"

#include <algorithm>
#include <memory>
#include <new>

#include "edgekeep/base/reader.h"
#include "edgekeep/base/writer.h"
#include "edgekeep/formats/labels.h"

namespace edgekeep::keep {
namespace {

constexpr std::string_view kObject = "calls";
constexpr std::size_t kHeadSize = 8;
constexpr std::size_t kCountSize = formats::LicenceId::kSize + 8 + 8;

Error NotCounted() {
  return Error(ErrorCode::kDenied, "call meter: this licence is not counted");
}

template <typename Counts>
auto* Find(Counts& counts, const formats::LicenceId& licence) {
  for (auto& count : counts) {
    if (count.licence == licence) return &count;
  }
  return static_cast<decltype(&counts[0])>(nullptr);
}

}  // namespace

Result<std::unique_ptr<CallMeter::Counts>> CallMeter::Read() const {
  std::unique_ptr<Counts> counts(new (std::nothrow) Counts);
  if (counts == nullptr) return Error(ErrorCode::kNoMemory, "call meter");
  const Result<Bytes> bytes = store_->Read(kObject, kHeadSize + kMaxLicences * kCountSize + core::kProtectionSize);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return counts;
  if (!bytes && bytes.error().code() == ErrorCode::kTooLarge) return Error(ErrorCode::kDenied, "call meter: size");
  if (!bytes) return bytes.error();
  EK_TRY_ASSIGN(const ByteView body, vault_->CheckProtected(formats::label::kStoredCalls, bytes->view()));
  Reader in(body);
  EK_TRY_ASSIGN(counts->void_before.value, in.ReadU64BigEndian());
  while (in.remaining() > 0) {
    Count count;
    EK_TRY_ASSIGN(const ByteView id, in.ReadBytes(formats::LicenceId::kSize));
    EK_TRY_ASSIGN(count.licence, formats::LicenceId::From(id));
    EK_TRY_ASSIGN(count.reserved, in.ReadU64BigEndian());
    EK_TRY_ASSIGN(count.expires.value, in.ReadU64BigEndian());
    EK_TRY(counts->list.PushBack(count));
  }
  return counts;
}

Status CallMeter::Write(const Counts& counts) {
  EK_TRY_ASSIGN(Bytes body, Bytes::Allocate(kHeadSize + counts.list.size() * kCountSize));
  Writer out(body.mutable_view());
  EK_TRY(out.WriteU64BigEndian(counts.void_before.value));
  for (const Count& count : counts.list) {
    EK_TRY(out.WriteBytes(count.licence.view()));
    EK_TRY(out.WriteU64BigEndian(count.reserved));
    EK_TRY(out.WriteU64BigEndian(count.expires.value));
  }
  EK_TRY_ASSIGN(const Bytes bytes, vault_->Protect(formats::label::kStoredCalls, body.view()));
  return store_->Replace(kObject, bytes.view());
}

Status CallMeter::Begin(const formats::Licence& licence, std::optional<UnixTime> last_issued, UnixTime now) {
  Result<std::unique_ptr<Counts>> read = Read();
  if (!read && read.error().code() != ErrorCode::kDenied) return read.error();
  if (read && Find((*read)->list, licence.id) != nullptr) return {};
  if (read && licence.issued_at < (*read)->void_before) return NotCounted();
  if (!read) {
    if (last_issued && licence.issued_at <= *last_issued) return NotCounted();
    read = std::unique_ptr<Counts>(new (std::nothrow) Counts);
    if (*read == nullptr) return Error(ErrorCode::kNoMemory, "call meter");
    (*read)->void_before = now;
  }
  auto& list = (*read)->list;
  for (std::size_t i = list.size(); i-- > 0;) {
    if (list[i].expires.value == 0 || list[i].expires > now) continue;
    list[i] = list[list.size() - 1];
    list.PopBack();
  }
  if (!list.PushBack({licence.id, 0, licence.terms.expires.value_or(UnixTime{})})) {
    return Error(ErrorCode::kTooLarge, "as many licences are counted as may be");
  }
  return Write(**read);
}

Result<std::uint64_t> CallMeter::Reserved(const formats::LicenceId& licence) const {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  const Count* const count = Find(counts->list, licence);
  if (count == nullptr) return NotCounted();
  return count->reserved;
}

Result<std::uint64_t> CallMeter::Reserve(const formats::LicenceId& licence, std::uint64_t wanted,
                                         std::uint64_t budget) {
  EK_TRY_ASSIGN(const std::unique_ptr<Counts> counts, Read());
  Count* const count = Find(counts->list, licence);
  if (count == nullptr) return NotCounted();
  const std::uint64_t left = budget - std::min(budget, count->reserved);
  const std::uint64_t reserved = std::min(wanted, left);
  if (reserved == 0) return reserved;
  count->reserved += reserved;
  EK_TRY(Write(*counts));
  return reserved;
}

}  // namespace edgekeep::keep
