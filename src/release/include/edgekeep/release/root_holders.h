// RootHolders: the people of a root, in the form in which signed objects are verified. What the root's quorum signs
// beside roots (trust policies, repairs of time) is signed by these.
#pragma once
#include <memory>
#include <span>
#include <string_view>

#include "edgekeep/formats/trust_bundle.h"

namespace edgekeep::release {

class RootHolders {
 public:
  // Reads the holders of `role` ("root", "targets") from `root`, which is taken for trusted. Keys without a holder and
  // of unknown types are passed over. Fails with kMalformed where one key has two holders, kTooLarge for more than 32.
  static Result<RootHolders> Read(ByteView root, std::string_view role);

  RootHolders(RootHolders&& other) noexcept;
  RootHolders& operator=(RootHolders&& other) noexcept;
  ~RootHolders();

  // Borrow from this.
  std::span<const formats::Holder> holders() const noexcept;

  // Without recovery keys, which sign roots and nothing else.
  std::span<const formats::Holder> people() const noexcept;

  std::uint64_t threshold() const noexcept;

 private:
  struct Contents;
  explicit RootHolders(std::unique_ptr<Contents> contents) noexcept;

  std::unique_ptr<Contents> contents_;
};

}  // namespace edgekeep::release
