#include "edgekeep/release/root_holders.h"

#include <algorithm>
#include <array>
#include <new>

#include "edgekeep/release/holders.h"
#include "edgekeep/release/limits.h"
#include "edgekeep/release/metadata_key.h"
#include "metadata_file.h"

namespace edgekeep::release {

struct RootHolders::Contents {
  explicit Contents(MetadataFile its_root) noexcept : root(std::move(its_root)) {}

  MetadataFile root;  // names borrow from it
  InlineVector<formats::Holder, kMaxHolders> holders;
  std::array<Bytes, kMaxHolders * formats::kMaxHolderKeys> storage;
  std::size_t num_keys = 0;
  std::uint64_t threshold = 0;
};

namespace {

using json::Node;

std::string_view HolderNamedBy(Node key) {
  const Result<std::string_view> holder = key.Find("x-edgekeep-holder").AsText();
  return holder && IsName(*holder) ? *holder : std::string_view();
}

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

RootHolders::RootHolders(std::unique_ptr<Contents> contents) noexcept : contents_(std::move(contents)) {}

RootHolders::RootHolders(RootHolders&& other) noexcept = default;
RootHolders& RootHolders::operator=(RootHolders&& other) noexcept = default;
RootHolders::~RootHolders() = default;

std::span<const formats::Holder> RootHolders::holders() const noexcept {
  return contents_->holders.view();
}

std::uint64_t RootHolders::threshold() const noexcept {
  return contents_->threshold;
}

Result<RootHolders> RootHolders::Read(ByteView root, std::string_view role) {
  EK_TRY_ASSIGN(MetadataFile file, MetadataFile::Parse(root, FileType::kRoot));
  std::unique_ptr<Contents> contents(new (std::nothrow) Contents(std::move(file)));
  if (contents == nullptr) return Error(ErrorCode::kNoMemory, "holders");
  const Node content = contents->root.content();
  const Node named = content.Find("roles").Find(role);
  if (!named) return Error(ErrorCode::kNotFound, "role");
  EK_TRY_ASSIGN(contents->threshold, named.Find("threshold").AsUnsigned());
  const Node ids = named.Find("keyids");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Node node = content.Find("keys").Find(*ids[i].AsText());
    const std::string_view name = HolderNamedBy(node);
    Result<MetadataKey> key = ReadMetadataKey(node);
    if (name.empty() || !key) continue;
    EK_TRY_ASSIGN(const bool there, IsThere(contents->holders.view(), name, *key));
    if (there) continue;
    if (contents->num_keys == contents->storage.size()) return Error(ErrorCode::kTooLarge, "keys of holders");
    EK_TRY_ASSIGN(formats::Holder* const holder, HolderOf(contents->holders, name));
    EK_TRY(holder->keys.PushBack({static_cast<std::uint16_t>(key->algorithm), key->key}));
    contents->storage[contents->num_keys++] = std::move(key->storage);
  }
  return RootHolders(std::move(contents));
}

}  // namespace edgekeep::release
