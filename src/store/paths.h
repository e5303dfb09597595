// Where the store keeps what: names inside its directory, all of them made here.
#pragma once
#include <string_view>

#include "edgekeep/store/directory_store.h"

namespace edgekeep::store {

inline constexpr std::string_view kProducts = "products";
// Ends the name of a replacement that is being written.
inline constexpr std::string_view kUnfinished = ".new";

// Returns "directory/name", or "name" below the root.
StorePath Join(std::string_view directory, std::string_view name, std::string_view suffix = {});

// "acme/label-ocr" is kept in "products/acme_label-ocr": an underscore stands in no product's name.
StorePath DirectoryOf(const ProductName& product);
// Fails with kMalformed when `entry` is no product's directory.
Result<ProductName> ProductOf(std::string_view entry);

// Fails with kBadArgument for a slot other than 0 and 1.
Result<StorePath> SlotPath(const ProductName& product, std::uint8_t slot, ports::SlotFile file);

// Object names are literals of [a-z0-9.-]; fails with kBadArgument otherwise.
Status CheckName(std::string_view name);

}  // namespace edgekeep::store
