/* A program in C that uses libedgekeep: opens a product, runs it once on zeros, prints what it gives.
 * sample ROOT PRODUCT */
#include <edgekeep/edgekeep.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int Complain(const ek_error* error) {
  fprintf(stderr, "sample: %s: %s: %s\n", ek_error_name(error->code), error->where, ek_error_advice(error->code));
  return EXIT_FAILURE;
}

/* An input of zeros for a float or 64-bit model input whose free dimensions are 1. `zeros` has room for 4096 bytes. */
static ek_input ZerosFor(const ek_tensor_info* info, int64_t* shape, const void* zeros) {
  ek_input input = {info->name, info->type, info->rank, shape, zeros, info->type == EK_INT64 ? 8 : 4};
  for (uint32_t i = 0; i < info->rank; ++i) {
    shape[i] = info->shape[i] < 0 ? 1 : info->shape[i];
    input.size *= (size_t)shape[i];
  }
  return input;
}

static int RunOnce(ek_model* model) {
  static const char zeros[4096];
  static int64_t shapes[EK_MAX_TENSORS][EK_MAX_RANK];
  const ek_model_description* about = ek_model_info(model);
  ek_input inputs[EK_MAX_TENSORS];
  ek_output outputs[EK_MAX_TENSORS] = {{0}};
  ek_error error;
  for (size_t i = 0; i < about->num_inputs; ++i) inputs[i] = ZerosFor(ek_model_input(model, i), shapes[i], zeros);
  if (ek_model_run(model, inputs, about->num_inputs, outputs, about->num_outputs, 0, &error) != EK_OK) {
    return Complain(&error);
  }
  for (size_t i = 0; i < about->num_outputs; ++i) {
    printf("%s: %zu bytes\n", ek_model_output(model, i)->name, outputs[i].size);
  }
  return EXIT_SUCCESS;
}

int main(int argc, char** argv) {
  ek_client_options options = EK_CLIENT_OPTIONS_INIT;
  ek_client* client = NULL;
  ek_model* model = NULL;
  ek_error error;
  int result = EXIT_FAILURE;
  if (argc != 3) return 2;
  options.root = argv[1];
  if (ek_client_open(&options, &client, &error) != EK_OK) return Complain(&error);
  if (ek_model_open(client, argv[2], NULL, &model, &error) == EK_OK) {
    result = RunOnce(model);
  } else {
    result = Complain(&error);
  }
  ek_model_close(model);
  ek_client_close(client);
  return result;
}
