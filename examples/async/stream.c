/* Every frame is answered, in order, several of them under way at a time: a belt or a file, which waits.
 * stream PRODUCT FRAMES [TIMEOUT_MS [ROOT]]; Ctrl-C cancels what is under way.
 *
 * The model is any with one input of floats; a frame is that input, filled with its number. */
#include <edgekeep/edgekeep.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4u    /* calls under way at a time: enough that the cell never waits for us */
#define SLICE_MS 50u /* how late Ctrl-C is noticed */

typedef struct Stream {
  ek_model* model;
  ek_input input;
  int64_t shape[EK_MAX_RANK];
  float* frame;
  size_t num_values;
  uint32_t timeout_ms;
  ek_call* under_way[PLACES]; /* a queue, the oldest at `first` */
  unsigned long first;        /* its frame's number */
  unsigned long next;         /* the frame to be submitted next */
  unsigned long answered, late, cancelled;
} Stream;

static volatile sig_atomic_t interrupted = 0;

static void Interrupt(int signal) {
  (void)signal;
  interrupted = 1;
}

static int Complain(const ek_error* error) {
  fprintf(stderr, "stream: %s: %s: %s\n", ek_error_name(error->code), error->where, ek_error_advice(error->code));
  return EXIT_FAILURE;
}

/* A frame as the model takes it; free dimensions are 1. */
static int MakeFrame(Stream* stream) {
  const ek_tensor_info* info = ek_model_input(stream->model, 0);
  if (ek_model_info(stream->model)->num_inputs != 1 || info->type != EK_FLOAT32) {
    fprintf(stderr, "stream: the model takes more than one tensor of floats\n");
    return EXIT_FAILURE;
  }
  stream->num_values = 1;
  for (uint32_t i = 0; i < info->rank; ++i) {
    stream->shape[i] = info->shape[i] < 0 ? 1 : info->shape[i];
    stream->num_values *= (size_t)stream->shape[i];
  }
  stream->frame = calloc(stream->num_values + 1, sizeof(float));
  if (stream->frame == NULL) return EXIT_FAILURE;
  stream->input =
      (ek_input){info->name, EK_FLOAT32, info->rank, stream->shape, stream->frame, stream->num_values * sizeof(float)};
  return EXIT_SUCCESS;
}

static void Tell(unsigned long frame, const ek_output* output) {
  float first = 0;
  /* A view is memory that the cell can still write: copied before it is looked at. */
  if (output->type == EK_FLOAT32 && output->size >= sizeof first) memcpy(&first, output->data, sizeof first);
  printf("frame %lu: %g\n", frame, (double)first);
}

/* The oldest call leaves the queue: answered, or cancelled where its time is over or somebody pressed Ctrl-C. */
static int TakeOldest(Stream* stream) {
  ek_call* call = stream->under_way[stream->first % PLACES];
  ek_output output = {0};
  ek_error error;
  ek_code code = EK_TIMED_OUT;
  for (uint32_t waited = 0; waited < stream->timeout_ms && !interrupted && code == EK_TIMED_OUT; waited += SLICE_MS) {
    code = ek_call_wait(call, &output, 1, SLICE_MS, &error);
  }
  if (code == EK_OK) {
    Tell(stream->first, &output);
    ++stream->answered;
  } else if (interrupted) {
    ++stream->cancelled;
  } else if (code == EK_TIMED_OUT) {
    printf("frame %lu: no answer in time\n", stream->first);
    ++stream->late;
  }
  ek_call_end(call); /* its place is free again: at once, or when the cell is done with it */
  ++stream->first;
  return code == EK_OK || code == EK_TIMED_OUT ? EXIT_SUCCESS : Complain(&error);
}

/* Back-pressure: while all places are taken, the oldest answer comes first. */
static int Submit(Stream* stream) {
  ek_error error;
  for (size_t i = 0; i < stream->num_values; ++i) stream->frame[i] = (float)stream->next;
  while (!interrupted) {
    const int empty = stream->first == stream->next; /* all places belong to calls that were given up */
    ek_call** place = &stream->under_way[stream->next % PLACES];
    const ek_code code =
        ek_call_submit(stream->model, &stream->input, 1, empty ? stream->timeout_ms : EK_TIMEOUT_NOW, place, &error);
    if (code == EK_OK) {
      ++stream->next; /* the frame's memory may be used for the next one now */
      return EXIT_SUCCESS;
    }
    if (code != EK_BUSY) return Complain(&error);
    if (TakeOldest(stream) != EXIT_SUCCESS) return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

static int Run(Stream* stream, unsigned long num_frames) {
  int result = MakeFrame(stream);
  while (result == EXIT_SUCCESS && stream->next < num_frames && !interrupted) result = Submit(stream);
  while (stream->first < stream->next) {
    if (TakeOldest(stream) != EXIT_SUCCESS) result = EXIT_FAILURE;
  }
  printf("%lu answered, %lu late, %lu cancelled\n", stream->answered, stream->late, stream->cancelled);
  free(stream->frame);
  return result;
}

int main(int argc, char** argv) {
  ek_client_options client_options = EK_CLIENT_OPTIONS_INIT;
  ek_model_options model_options = EK_MODEL_OPTIONS_INIT;
  ek_client* client = NULL;
  ek_error error;
  Stream stream = {.timeout_ms = 10000};
  if (argc < 3 || argc > 5) {
    fprintf(stderr, "usage: stream PRODUCT FRAMES [TIMEOUT_MS [ROOT]]\n");
    return 2;
  }
  if (argc > 3) stream.timeout_ms = (uint32_t)strtoul(argv[3], NULL, 10);
  if (argc > 4) client_options.root = argv[4];
  signal(SIGINT, Interrupt);
  model_options.max_calls = PLACES;
  int result = EXIT_FAILURE;
  if (ek_client_open(&client_options, &client, &error) == EK_OK &&
      ek_model_open(client, argv[1], &model_options, &stream.model, &error) == EK_OK) {
    result = Run(&stream, strtoul(argv[2], NULL, 10));
  } else {
    Complain(&error);
  }
  ek_model_close(stream.model); /* after its calls */
  ek_client_close(client);
  return interrupted ? 130 : result;
}
