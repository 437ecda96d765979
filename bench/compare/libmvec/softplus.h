#include <stddef.h>

// 1 if built for a processor with AVX-512.
int has512(void);

// Each writes fmax(x, 0) + log1p(exp(-fabs(x))) to dst, reps times, at a vector width of 256 or 512 bits.
void softplus32_256(float *dst, const float *x, size_t n, size_t reps);
void softplus32_512(float *dst, const float *x, size_t n, size_t reps);
void softplus64_256(double *dst, const double *x, size_t n, size_t reps);
void softplus64_512(double *dst, const double *x, size_t n, size_t reps);
