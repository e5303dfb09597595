// Proposals: a release on its way from its author through the approvers (spec/release-metadata.md §4).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/author/repository.h"
#include "edgekeep/author/root_ceremony.h"
#include "edgekeep/base/ids.h"

namespace edgekeep::author {

struct ProposalRequest {
  std::string repository;  // as published so far; an empty or missing directory before the first release
  std::string folder;      // must not exist
  ProductName product;
  std::string channel = "stable";
  Version version;
  std::uint64_t security_epoch = 0;
  std::vector<std::string> files;  // sealed files (.eks), grants (.ekg), a bill of materials, whatever belongs to it;
                                   // or an operations policy (.ekop) alone
  std::string model;               // the plain model, to state its inputs and outputs; may be empty
  std::string sbom;                // one of `files`; may be empty
  UnixTime expires;
};

// A target of this release.
struct ReleasedFile {
  std::string target;  // path below targets/
  std::string name;    // its last part: how the file is called on people's disks
  std::string kind;    // "sealed-file", "grant", "operations-policy", "manifest", "file"
  std::uint64_t size = 0;
  Digest sha256;
  std::string about;    // what a sealed file or a grant says of itself, in words
  std::string version;  // what a sealed file calls its version
};

// Something that is said of what is inside of a sealed file: "input", "x: float32 [1, 4]". `seen_in` is what this
// reviewer has at hand and has it likewise; empty where the author's word is all there is.
struct StatedFact {
  std::string what;
  std::string text;
  std::string seen_in;
};

struct ProposalReview {
  Digest digest;  // of what approvers sign
  std::uint64_t targets_version = 0;
  std::string product, channel, version, author, expires;
  std::uint64_t sequence = 0, security_epoch = 0;
  bool is_first = false;            // nothing was released before
  std::string version_before;       // of the same product and channel, empty where there is none
  std::vector<ReleasedFile> files;  // added
  std::vector<StatedFact> facts;
  std::vector<std::string> differences;                         // from what is released now, in words, one a line
  std::vector<ListedHolder> holders;                            // of the root
  Tally approvals;                                              // the author left out
  std::vector<std::pair<std::string, std::string>> rejections;  // holder, reason
  bool is_complete = false;                                     // quorum reached, and nobody rejected it
};

// What a reviewer brings along; nothing of the proposal is believed without it.
struct ReviewMeans {
  std::string trusted_root;  // text
  std::string repository;
  std::string files;  // directory where the released files lie
  std::string
      trust;  // trust bundle of the publisher; empty: signatures of sealed files are not verified, and it says so
  std::string model;  // the plain model, if this person has it
};

// Writes the folder and signs the release's entry with the author's keys. The author must be a holder of the root.
Done Propose(const Context& context, const ProposalRequest& request, const std::string& trusted_root,
             const ReleaseKeys& author);

// Verifies the whole folder locally: what it changes, every file's size and digest, who signed and who rejected.
Outcome<ProposalReview> ReviewProposal(const Context& context, const std::string& folder, const ReviewMeans& means);

// The holder's approval in every class, and the log's entry of it. Fails with kWrongVersion unless `digest` is what the
// review showed, kForbidden for the author and for whoever is no approver.
Done Approve(const Context& context, const std::string& folder, const ReviewMeans& means, const Digest& digest,
             const ReleaseKeys& keys);

Done Reject(const Context& context, const std::string& folder, const ReviewMeans& means, const std::string& reason,
            const ReleaseKeys& keys);

}  // namespace edgekeep::author
