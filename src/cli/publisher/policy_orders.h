// Of a trust policy that is being written: who may give orders to devices, and which chips have a flaw.
#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "edgekeep/author/policy_ceremony.h"

namespace edgekeep::cli::publisher {

struct PolicyOrderArguments {
  std::vector<std::string> officers, rules, quarantine;
};

void AddPolicyOrderOptions(CLI::App& command, PolicyOrderArguments& arguments);
author::Done ReadPolicyOrders(const PolicyOrderArguments& arguments, author::PolicyContent& content);

}  // namespace edgekeep::cli::publisher
