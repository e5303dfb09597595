// A program in C++ that uses libedgekeep: sample ROOT PRODUCT says what the product takes.
#include <cstdio>
#include <edgekeep/edgekeep.hpp>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto client = edgekeep::app::Client::Open({.root = argv[1]});
  if (!client) return 1;
  const auto model = client->OpenModel(argv[2]);
  if (!model) {
    std::fprintf(stderr, "sample: %s: %s\n", model.error().name().data(), model.error().advice().data());
    return 1;
  }
  for (std::size_t i = 0; i < model->description().num_inputs; ++i) std::puts(model->input(i).name());
  return 0;
}
