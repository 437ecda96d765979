#include <stddef.h>

// Writes fmax(x, 0) + log1p(exp(-fabs(x))) to dst, reps times, with SLEEF's functions of 1.0 ULP.
void softplus256(float *dst, const float *x, size_t n, size_t reps);
