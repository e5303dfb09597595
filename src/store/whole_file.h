// Small files read whole, and replaced whole or not at all.
#pragma once
#include <cstddef>
#include <string_view>

#include "edgekeep/store/disk.h"

namespace edgekeep::store {

// Fails with kNotFound, kTooLarge, kIo.
Result<Bytes> ReadWhole(Disk& disk, std::string_view path, std::size_t max_size);

// Durable: written beside its old form, synced, renamed over it, the directory synced.
Status ReplaceWhole(Disk& disk, std::string_view directory, std::string_view name, ByteView bytes);

Status RemoveIfThere(Disk& disk, std::string_view path);

}  // namespace edgekeep::store
