// SLEEF's functions of 1.0 ULP.

#include "functions.h"
#include <sleef.h>

static const char *version(void) { return "3, u10"; }

#define UNARY(name, f8, d4, f16, d8) \
	LOOPS256(name, Sleef_##f8(v), Sleef_##d4(v)) \
	LOOPS512(name, Sleef_##f16(v), Sleef_##d8(v))
#define U10(name) UNARY(name, name##f8_u10avx2, name##d4_u10avx2, name##f16_u10avx512f, name##d8_u10avx512f)

U10(exp)
U10(expm1)
U10(log)
U10(log1p)
U10(tanh)
U10(erf)
LOOPS256(pow, Sleef_powf8_u10avx2(v, _mm256_set1_ps(POWER)), Sleef_powd4_u10avx2(v, _mm256_set1_pd(POWER)))
LOOPS512(pow, Sleef_powf16_u10avx512f(v, _mm512_set1_ps(POWER)), Sleef_powd8_u10avx512f(v, _mm512_set1_pd(POWER)))

static const struct function functions[] = {
	FUNCTION(exp) FUNCTION(expm1) FUNCTION(log) FUNCTION(log1p) FUNCTION(tanh) FUNCTION(erf) FUNCTION(pow) {0}};
