// Client: the TUF client workflow (TUF 1.0.34 §5) without a network: it says which file it needs next.
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "edgekeep/base/ids.h"
#include "edgekeep/base/inline_string.h"
#include "edgekeep/crypto/provider.h"
#include "edgekeep/ports/metadata_store.h"
#include "edgekeep/release/limits.h"
#include "edgekeep/release/verified_target.h"
#include "edgekeep/release/version_floors.h"

namespace edgekeep::release {

// A file of release metadata to be fetched: `name` below the repository's base, percent-encoded already; never more
// than `max_size` bytes of it.
struct WantedFile {
  InlineString<ports::kMaxMetadataName + 20> name;
  std::size_t max_size = 0;
};

// Puts the first root into the store, which whoever installs the device vouches for. Fails as the verification by its
// own keys does, and with kAlreadyExists where there is a root: it is replaced by those that follow it alone.
Status Initialise(const crypto::Provider& provider, ports::MetadataStore& store, ByteView root);

enum class Progress : std::uint8_t { kNeedsFile, kDone };

// Refresh, then FindTarget as often as wanted; each goes on by Take… while it needs files:
//
//   auto progress = client->Refresh();
//   while (progress && *progress == Progress::kNeedsFile) progress = client->TakeFile(Fetch(client->wanted()));
//
// What was accepted is in the store at once, so that a cut or an error anywhere leaves metadata to go on from. A client
// whose refresh failed is of no use any more (kBadState): the next attempt makes a new one. A search that failed is no
// harm to others. Errors say what was refused:
// kBadSignature below a threshold, kExpired, kWrongVersion for another version than announced or an older one than
// known, kMalformed, kTooLarge, kNotFound for a file that must be there, kIo for one that could not be fetched.
class Client {
 public:
  struct Parts {
    const crypto::Provider& provider;  // outlives the client
    ports::MetadataStore& store;       // outlives the client
    UnixTime now;                      // trusted; metadata that expires at this time or before is refused
    Limits limits = {};
    // What was seen before, where somebody remembers it who loses it less easily than the store its files.
    VersionFloors floors = {};
  };

  // Reads "root.json" from the store, which somebody trusted has put there, and verifies it by its own keys. Fails with
  // kNotInitialised when there is none.
  static Result<std::unique_ptr<Client>> Open(const Parts& parts);

  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  // Brings root, timestamp, snapshot and top-level targets up to date. Once.
  Result<Progress> Refresh();

  // Looks for a target in delegated roles, in the order of their priority. `path` is that of the metadata, not
  // percent-encoded; one that leads out of its directory is refused with kBadArgument. Fails with kNotFound when no
  // role that may name it does.
  Result<Progress> FindTarget(std::string_view path);

  // Requires kNeedsFile.
  const WantedFile& wanted() const noexcept;

  // That the wanted file is the one that a trusted file describes, by its length and hashes, where one does: before
  // anything is made of what somebody else hands in. Fails with kMalformed.
  Status CheckDescribed(ByteView bytes) const;
  // The file that was wanted. Fails with kTooLarge for more than was allowed.
  Result<Progress> TakeFile(ByteView bytes);
  // The server has no such file, and said so (HTTP 404); every other failure is one.
  Result<Progress> TakeNotFound();
  // Returns kIo: the file could not be fetched.
  Error TakeFailure();

  // What is seen by now: whoever remembers it stores it before the next file, and hands it to the next client.
  Result<VersionFloors> Reached() const;

  // Requires kDone of FindTarget.
  const VerifiedTarget& target() const noexcept;

 private:
  class Workflow;

  explicit Client(std::unique_ptr<Workflow> workflow) noexcept;

  std::unique_ptr<Workflow> workflow_;
};

}  // namespace edgekeep::release
