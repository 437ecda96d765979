//go:build linux && amd64

#include "softplus.h"

#include <math.h>

// noipa, so that the compiler cannot see that repeating it changes nothing.
#define LOOP32(width)                                                                                          \
    __attribute__((noipa, target("prefer-vector-width=" #width))) static void loop32_##width(                  \
        float *restrict dst, const float *restrict x, size_t n) {                                              \
        for (size_t i = 0; i < n; i++)                                                                         \
            dst[i] = fmaxf(x[i], 0) + log1pf(expf(-fabsf(x[i])));                                              \
    }                                                                                                          \
    void softplus32_##width(float *dst, const float *x, size_t n, size_t reps) {                               \
        for (size_t r = 0; r < reps; r++)                                                                      \
            loop32_##width(dst, x, n);                                                                         \
    }

#define LOOP64(width)                                                                                          \
    __attribute__((noipa, target("prefer-vector-width=" #width))) static void loop64_##width(                  \
        double *restrict dst, const double *restrict x, size_t n) {                                            \
        for (size_t i = 0; i < n; i++)                                                                         \
            dst[i] = fmax(x[i], 0) + log1p(exp(-fabs(x[i])));                                                  \
    }                                                                                                          \
    void softplus64_##width(double *dst, const double *x, size_t n, size_t reps) {                             \
        for (size_t r = 0; r < reps; r++)                                                                      \
            loop64_##width(dst, x, n);                                                                         \
    }

LOOP32(256)
LOOP64(256)
LOOP32(512)
LOOP64(512)

#ifdef __AVX512F__
int has512(void) { return 1; }
#else
int has512(void) { return 0; } // the 512-bit functions are 256 bits wide, too
#endif
