#include "joint_statement.h"

#include <algorithm>

namespace edgekeep::author {
namespace {

// True when the holder signed in every class; then the file's signatures are the holder's.
bool TakeSignatures(const Context& context, const JointStatement& statement, const Bytes& file,
                    const formats::Holder& holder, JointSignatures& count) {
  const auto signers =
      sealing::FindSigners(context.provider, statement.type, file.view(), {&holder, 1}, kReleaseClasses);
  if (!signers || signers->complete == 0) return false;
  const auto object = formats::DecodeSignedObject(statement.type, file.view());
  for (const formats::SignatureEntry& entry : object->signatures) {
    const auto same = [&](const auto& other) { return other.second.kid == entry.kid; };
    if (std::ranges::none_of(count.signatures, same)) count.signatures.emplace_back(holder.name, entry);
  }
  return true;
}

// Who of one root signed; a wrong signature counts for nobody, so that no stranger's file holds up a ceremony.
void AddTally(const Context& context, const JointStatement& statement, const std::string& role,
              JointSignatures& count) {
  const release::RootHolders& root = count.roots.back();
  Tally tally{.role = role, .threshold = root.threshold(), .holders = {}};
  for (const formats::Holder& holder : count.HoldersOf(root)) {
    Standing standing{.holder = std::string(holder.name)};
    for (const Bytes& file : statement.files) {
      if (standing.signed_all) break;
      standing.signed_all = TakeSignatures(context, statement, file, holder, count);
    }
    tally.holders.push_back(standing);
  }
  count.tallies.push_back(std::move(tally));
}

bool SignedIn(const Tally& tally, const std::string& name) {
  return std::ranges::any_of(tally.holders, [&](const Standing& one) { return one.signed_all && one.holder == name; });
}

// As few people as make every quorum: an object has room for 16 signatures. Who counts in more quorums comes first.
std::vector<std::string> PickSigners(const JointSignatures& count) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : count.signatures) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  const auto places = [&](const std::string& name) {
    return std::ranges::count_if(count.tallies, [&](const Tally& tally) { return SignedIn(tally, name); });
  };
  std::ranges::stable_sort(names, [&](const auto& a, const auto& b) { return places(a) > places(b); });
  std::vector<std::string> picked;
  std::vector<std::uint64_t> reached(count.tallies.size());
  for (const std::string& name : names) {
    bool helps = false;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      if (!SignedIn(count.tallies[i], name) || reached[i] >= count.tallies[i].threshold) continue;
      helps = true;
    }
    if (!helps) continue;
    for (std::size_t i = 0; i < reached.size(); ++i) reached[i] += SignedIn(count.tallies[i], name) ? 1U : 0U;
    picked.push_back(name);
  }
  return picked;
}

Result<Bytes> Assemble(const JointStatement& statement, const JointSignatures& count) {
  formats::SignedObject object{.payload = statement.payload, .signatures = {}};
  const std::vector<std::string> picked = PickSigners(count);
  for (const auto& [name, entry] : count.signatures) {
    if (std::ranges::find(picked, name) != picked.end()) EK_TRY(object.signatures.PushBack(entry));
  }
  if (object.signatures.empty()) return Error(ErrorCode::kUntrusted, "signers");
  EK_TRY_ASSIGN(Bytes out,
                Bytes::Allocate(formats::MaxSignedObjectSize(statement.payload.size(), formats::kMaxSignatures)));
  CborWriter writer(out.mutable_view());
  EK_TRY(formats::EncodeSignedObject(statement.type, object, writer));
  out.Truncate(writer.written().size());
  return out;
}

}  // namespace

std::span<const formats::Holder> JointSignatures::HoldersOf(const release::RootHolders& root) const {
  return counted == Counted::kAll ? root.holders() : root.people();
}

bool JointSignatures::IsComplete() const {
  return std::ranges::all_of(tallies, [](const Tally& tally) { return tally.num_signed() >= tally.threshold; });
}

Outcome<JointSignatures> CountSigners(const Context& context, const JointStatement& statement,
                                      const CountedRoots& roots) {
  JointSignatures count;
  count.counted = roots.counted;
  for (const bool before : {false, true}) {
    const std::string& text = before ? roots.root_before : roots.root;
    if (before && text.empty()) continue;
    const std::string role = before ? "root before" : "root";
    // One that was replaced may have expired; whether it is the one before is its reader's to know.
    if (!before) EK_TRY(CheckTrustedRoot(context, text, role));
    EK_TRY_ASSIGN(release::RootHolders holders, At(role, release::RootHolders::Read(AsBytes(text), "root")));
    count.roots.push_back(std::move(holders));
    AddTally(context, statement, role, count);
  }
  return count;
}

Outcome<Bytes> JoinSignatures(const Context& context, const JointStatement& statement, const JointSignatures& count,
                              const std::string& place) {
  EK_TRY_ASSIGN(Bytes object, At(place, Assemble(statement, count)));
  for (const release::RootHolders& root : count.roots) {
    EK_TRY(At(place, sealing::VerifyObjectByQuorum(context.provider, statement.type, object.view(),
                                                   count.HoldersOf(root), kReleaseClasses, root.threshold())));
  }
  return object;
}

}  // namespace edgekeep::author
