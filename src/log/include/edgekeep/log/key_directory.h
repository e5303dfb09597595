// The keys of a log or a witness on disk: one key file of each class, and the public halves as lines of a policy.
#pragma once
#include <string>
#include <vector>

#include "edgekeep/base/secret.h"
#include "edgekeep/formats/key_file.h"
#include "edgekeep/log/note_signer.h"
#include "edgekeep/sealing/signed_object.h"

namespace edgekeep::log {

enum class NoteRole : std::uint8_t { kLog, kWitness };

struct NoteIdentity {
  NoteRole role = NoteRole::kLog;
  std::string name;  // of the log, its origin
};

// Signers, and the keys they borrow.
class NoteKeys {
 public:
  // Makes keys in `directory`, which must exist: ed25519.ekk, ml-dsa-44.ekk (mode 0600), and key.policy, which a
  // verifier's policy can begin with. Fails with kBadArgument for a name that no note can hold.
  static Result<NoteKeys> Create(const crypto::Provider& provider, const std::string& directory,
                                 const NoteIdentity& identity, const SecretBytes& passphrase,
                                 const formats::Argon2Costs& costs);
  static Result<NoteKeys> Open(const crypto::Provider& provider, const std::string& directory, NoteRole role,
                               const SecretBytes& passphrase);

  // The public halves alone, which need no passphrase: what they verify is theirs, whatever is to be signed fails with
  // kBadState.
  static Result<NoteKeys> OpenPublic(const crypto::Provider& provider, const std::string& directory, NoteRole role);

  std::vector<NoteSigner> signers() const { return signers_; }

 private:
  NoteKeys() = default;
  Status AddSigners(const crypto::Provider& provider, NoteRole role, const std::string& name);

  std::vector<std::unique_ptr<sealing::SigningKey>> keys_;
  std::vector<NoteSigner> signers_;
};

inline constexpr const char* kKeyPolicy = "key.policy";

// "log <vkey>" for each key; for a witness one line for each, and a group that takes all of them.
std::string PolicyLinesOf(NoteRole role, std::span<const NoteSigner> signers);

}  // namespace edgekeep::log
