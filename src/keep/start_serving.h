// Starting the cell that serves an installed product, and its sessions.
#pragma once
#include "installation.h"

namespace edgekeep::keep {

Served ServedBy(const formats::CommitRecord& record, const formats::LicenceId& licence);

// What an application asks for never exceeds what product, operations policy or device allow; a product that wants more
// than the device has gets that. Fails with kTooLarge.
Result<std::uint32_t> ThreadsFor(const Settings& settings, const Installation& found, std::uint32_t asked);

// Starts a cell and has it load what was found. A prepared form that is missing is noted as due, one that is damaged as
// such. Fails as cells do.
Result<ServingCell> StartServing(KeepState& state, const Installation& found, std::uint32_t threads);

Status AddSession(ports::Cell& cell, gate::SessionNumber number, const ports::SessionLine& line);
// When this returns the cell does nothing to the session's ring any more, whether it failed or not: a cell that does
// not answer in time is ended.
Status EndSession(ports::Cell& cell, gate::SessionNumber number);

}  // namespace edgekeep::keep
