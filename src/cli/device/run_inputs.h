// Inputs of `edgekeep run`, from files or made up.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "edgekeep/edgekeep.hpp"
#include "outcome.h"
#include "tensor.h"

namespace edgekeep::cli::device {

struct InputOptions {
  std::vector<std::string> files;   // NAME=FILE.npy
  std::vector<std::string> shapes;  // NAME=D,D,…, for inputs that are made up
  std::optional<std::uint64_t> seed;
};

// One tensor for each input of `model`, in its order. An input without file is made up from the seed, if there is one:
// floats from 0 to 1, integers 0 or 1; free dimensions are 1 unless a shape is given.
Outcome<std::vector<Tensor>> MakeInputs(const app::Model& model, const InputOptions& options);

}  // namespace edgekeep::cli::device
