//go:build sleef && linux && amd64

#include "softplus.h"

#include <immintrin.h>
#include <sleef.h>

static __m256 softplus(__m256 x) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    __m256 u = Sleef_expf8_u10avx2(_mm256_or_ps(x, sign));
    return _mm256_add_ps(_mm256_max_ps(x, _mm256_setzero_ps()), Sleef_log1pf8_u10avx2(u));
}

__attribute__((noipa)) static void loop(float *restrict dst, const float *restrict x, size_t n) {
    for (size_t i = 0; i + 8 <= n; i += 8)
        _mm256_storeu_ps(dst + i, softplus(_mm256_loadu_ps(x + i)));
}

void softplus256(float *dst, const float *x, size_t n, size_t reps) {
    for (size_t r = 0; r < reps; r++)
        loop(dst, x, n);
}
