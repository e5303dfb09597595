#include "edgekeep/release/root_holders.h"

#include <algorithm>
#include <array>
#include <new>

#include "edgekeep/release/holders.h"
#include "edgekeep/release/limits.h"
#include "edgekeep/release/metadata_key.h"
#include "metadata_file.h"
#include "people_rules.h"

namespace edgekeep::release {

struct RootHolders::Contents {
  explicit Contents(MetadataFile its_root) noexcept : root(std::move(its_root)) {}

  // Those of recovery keys, or all others.
  Status Take(json::Node ids, bool recovery);

  MetadataFile root;  // names borrow from it
  InlineVector<formats::Holder, kMaxHolders> holders;
  std::array<Bytes, kMaxHolders * formats::kMaxHolderKeys> storage;
  std::size_t num_keys = 0;
  std::size_t num_people = 0;  // in front; the others are recovery keys
  std::uint64_t threshold = 0;
};

namespace {

using json::Node;

bool IsSame(const formats::PublicKey& a, const MetadataKey& b) {
  return a.algorithm == static_cast<std::uint16_t>(b.algorithm) && Equal(a.bytes, b.key);
}

// A label more for a key that is there adds nothing; the same key of somebody else would make two people of one.
Result<bool> IsThere(std::span<const formats::Holder> holders, std::string_view name, const MetadataKey& key) {
  for (const formats::Holder& holder : holders) {
    for (const formats::PublicKey& other : holder.keys) {
      if (!IsSame(other, key)) continue;
      if (holder.name != name) return Error(ErrorCode::kMalformed, "one key, two holders");
      return true;
    }
  }
  return false;
}

template <typename Holders>
Result<formats::Holder*> HolderOf(Holders& holders, std::string_view name) {
  const auto found = std::ranges::find(holders, name, &formats::Holder::name);
  if (found != holders.end()) return &*found;
  EK_TRY(holders.PushBack({name, {}}));
  return &holders[holders.size() - 1];
}

}  // namespace

Status RootHolders::Contents::Take(Node ids, bool recovery) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Node node = root.content().Find("keys").Find(*ids[i].AsText());
    const std::string_view name = HolderNamedBy(node);
    Result<MetadataKey> key = ReadMetadataKey(node);
    if (name.empty() || !key || IsRecoveryName(name) != recovery) continue;
    EK_TRY_ASSIGN(const bool there, IsThere(holders.view(), name, *key));
    if (there) continue;
    if (num_keys == storage.size()) return Error(ErrorCode::kTooLarge, "keys of holders");
    EK_TRY_ASSIGN(formats::Holder* const holder, HolderOf(holders, name));
    EK_TRY(holder->keys.PushBack({static_cast<std::uint16_t>(key->algorithm), key->key}));
    storage[num_keys++] = std::move(key->storage);
  }
  return {};
}

RootHolders::RootHolders(std::unique_ptr<Contents> contents) noexcept : contents_(std::move(contents)) {}

RootHolders::RootHolders(RootHolders&& other) noexcept = default;
RootHolders& RootHolders::operator=(RootHolders&& other) noexcept = default;
RootHolders::~RootHolders() = default;

std::span<const formats::Holder> RootHolders::holders() const noexcept {
  return contents_->holders.view();
}

std::span<const formats::Holder> RootHolders::people() const noexcept {
  return contents_->holders.view().first(contents_->num_people);
}

std::uint64_t RootHolders::threshold() const noexcept {
  return contents_->threshold;
}

Result<RootHolders> RootHolders::Read(ByteView root, std::string_view role) {
  EK_TRY_ASSIGN(MetadataFile file, MetadataFile::Parse(root, FileType::kRoot));
  std::unique_ptr<Contents> contents(new (std::nothrow) Contents(std::move(file)));
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "holders");
  const Node named = contents->root.content().Find("roles").Find(role);
  if (!named) return Error(ErrorCode::kNotFound, "role");
  EK_TRY_ASSIGN(contents->threshold, named.Find("threshold").AsUnsigned());
  for (const bool recovery : {false, true}) {
    EK_TRY(contents->Take(named.Find("keyids"), recovery));
    if (!recovery) contents->num_people = contents->holders.size();
  }
  return RootHolders(std::move(contents));
}

}  // namespace edgekeep::release
