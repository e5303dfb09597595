// Witness: cosigns what a log shows it as long as it only grows (c2sp.org/tlog-witness).
#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/log/note_signer.h"
#include "edgekeep/log/storage.h"
#include "edgekeep/release/log/log_proof.h"
#include "edgekeep/release/log/policy.h"

namespace edgekeep::log {

inline constexpr std::size_t kMaxAddCheckpointSize = release::log::kMaxNoteSize + 4096;

// What a log asks for. Views borrow from the body.
struct AddCheckpoint {
  std::uint64_t old_size = 0;
  release::log::MerklePath proof;
  std::string_view note;
};

// "old N", hashes, an empty line, a checkpoint. Fails with kMalformed or kTooLarge.
Result<AddCheckpoint> ParseAddCheckpoint(std::string_view body);
std::string WriteAddCheckpoint(std::uint64_t old_size, std::span<const Digest> proof, std::string_view note);

// An HTTP answer.
struct WitnessAnswer {
  unsigned status = 500;
  std::string content_type;
  std::string body;
};

// Whether the checkpoint of a request may be cosigned after `latest`, the last one of its origin, if there was any: a
// function of its arguments alone. Returns the answer that refuses, or nothing. The order of checks is the
// specification's: 404 unknown log, 403 signatures, 400 sizes, 409 another latest one, 422 proof.
std::optional<WitnessAnswer> WhyNotCosign(const crypto::Provider& provider, const release::log::Policy& logs,
                                          const AddCheckpoint& request,
                                          const std::optional<release::log::TreeHead>& latest);

// Keeps, for each log, the last checkpoint that it cosigned; compares, stores it durably, and only then answers. Calls
// from several threads take turns. Borrows storage, provider and signers' keys.
class Witness {
 public:
  // `logs` names the logs it knows, with a quorum of none.
  Witness(const crypto::Provider& provider, Storage& storage, release::log::Policy logs,
          std::vector<NoteSigner> signers)
      : provider_(&provider), storage_(&storage), logs_(std::move(logs)), signers_(std::move(signers)) {}

  // POST add-checkpoint.
  WitnessAnswer Add(std::string_view body, UnixTime now);
  // GET <origin hash>/checkpoint: the last checkpoint cosigned, with the signatures that were verified and its own.
  WitnessAnswer Latest(std::string_view origin_hash) const;

 private:
  Result<std::optional<release::log::TreeHead>> LatestOf(const std::string& path) const;
  Result<std::string> Cosign(const AddCheckpoint& request, const std::string& path, UnixTime now);

  const crypto::Provider* provider_;
  Storage* storage_;
  release::log::Policy logs_;
  std::vector<NoteSigner> signers_;
  mutable std::mutex mutex_;
};

}  // namespace edgekeep::log
