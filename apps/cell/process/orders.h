// Carrying out the orders of spec/gate.md §6 and §9.
#pragma once
#include "edgekeep/cell/served_model.h"
#include "edgekeep/gate/export.h"
#include "edgekeep/gate/posix/channel.h"
#include "loaded_engine.h"

namespace edgekeep::cell {

// What every order is carried out with.
struct Workshop {
  const crypto::Provider& provider;
  LoadedEngine& engine;
  sealing::Workers& workers;
  MutableByteView pool;
  gate::Channel& control;
  std::uint64_t tensor_bytes = 0;  // set apart for what the engine computes with

  Parts parts() const { return {provider, *engine.engine, workers, pool, engine.key, tensor_bytes}; }
};

// A received order: which answer it waits for, and the descriptors that came with it.
struct Received {
  gate::FrameHeader header;
  std::array<gate::Descriptor, gate::kMaxDescriptors>& descriptors;
  std::size_t num_descriptors = 0;
};

// Answers with the model's inputs and outputs, then serves sessions, as further orders add and end them, until the keep
// hangs up. Descriptor: slot file. What fails before the answer is returned; afterwards there is nothing that could.
Status Serve(const Workshop& workshop, const Received& received, const gate::ServeModelOrder& order);

// Descriptors: sealed file, canonical slot file, prepared slot file. Answers.
Status InstallPackage(const Workshop& workshop, const Received& received, const gate::InstallPackageOrder& order);

// Descriptors: canonical slot file, prepared slot file. Answers.
Status PreparePackage(const Workshop& workshop, const Received& received, const gate::PreparePackageOrder& order);

// Descriptors: canonical slot file, then a memory file for each of the order's files. Answers.
Status ExportPackage(const Workshop& workshop, const Received& received, const gate::ExportPackageOrder& order);

}  // namespace edgekeep::cell
