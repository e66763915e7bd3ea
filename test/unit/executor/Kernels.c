/* What a compiler would generate for the tests' network: kernels over the
   arena's slices, each doing one part of the work. */
#include <stdint.h>

enum { batch = 5, inputs = 7, units = 6 };

static int64_t begin(int64_t n, int64_t part, int64_t parts) {
  return n * part / parts;
}

/* weight, bias, state: values that depend on the seed. */
void initialize(void **arguments, int64_t part, int64_t parts) {
  float *weight = arguments[0], *bias = arguments[1];
  const int32_t *state = arguments[2];
  int64_t end = begin(units, part + 1, parts);
  for (int64_t i = begin(units, part, parts); i < end; ++i) {
    bias[i] = (float)(i + state[0]);
    for (int64_t j = 0; j < inputs; ++j)
      weight[i * inputs + j] = (float)(i - j) / 4;
  }
}

/* x *= 2, in place. */
void twice(void **arguments, int64_t part, int64_t parts) {
  float *x = arguments[0];
  int64_t end = begin(batch * units, part + 1, parts);
  for (int64_t i = begin(batch * units, part, parts); i < end; ++i)
    x[i] *= 2;
}

/* The state as it was read, and how many parts there were. */
void report(void **arguments, int64_t part, int64_t parts) {
  const int32_t *state = arguments[0];
  int32_t *out = arguments[1];
  for (int i = 0; i < 8; ++i)
    out[i] = state[i];
  out[6] = (int32_t)part;
  out[7] = (int32_t)parts;
}

/* One count for each part, so that a part left out or done twice shows. */
void countParts(void **arguments, int64_t part, int64_t parts) {
  int32_t *counts = arguments[0];
  counts[part] += 1;
  counts[31] = (int32_t)parts;
}
