// The vector functions of glibc, which gcc calls with -ffast-math; here without that flag's other effects.

#include "functions.h"
#include <gnu/libc-version.h>

static const char *version(void) {
	static char text[32];
	sprintf(text, "glibc %s", gnu_get_libc_version());
	return text;
}

#define UNARY(name) \
	__m256 _ZGVdN8v_##name##f(__m256); \
	__m256d _ZGVdN4v_##name(__m256d); \
	__m512 _ZGVeN16v_##name##f(__m512); \
	__m512d _ZGVeN8v_##name(__m512d); \
	LOOPS256(name, _ZGVdN8v_##name##f(v), _ZGVdN4v_##name(v)) \
	LOOPS512(name, _ZGVeN16v_##name##f(v), _ZGVeN8v_##name(v))

UNARY(exp)
UNARY(expm1)
UNARY(log)
UNARY(log1p)
UNARY(tanh)
UNARY(erf)

__m256 _ZGVdN8vv_powf(__m256, __m256);
__m256d _ZGVdN4vv_pow(__m256d, __m256d);
__m512 _ZGVeN16vv_powf(__m512, __m512);
__m512d _ZGVeN8vv_pow(__m512d, __m512d);
LOOPS256(pow, _ZGVdN8vv_powf(v, _mm256_set1_ps(POWER)), _ZGVdN4vv_pow(v, _mm256_set1_pd(POWER)))
LOOPS512(pow, _ZGVeN16vv_powf(v, _mm512_set1_ps(POWER)), _ZGVeN8vv_pow(v, _mm512_set1_pd(POWER)))

// softplus as C is written: max(v, 0) + log1p(exp(−|v|)).
#define SOFTPLUS(bits, suffix, lanes, fs) \
	_mm##bits##_add_##suffix(_mm##bits##_max_##suffix(v, _mm##bits##_setzero_##suffix()), \
		_ZGV##lanes##v_log1p##fs(_ZGV##lanes##v_exp##fs( \
			_mm##bits##_sub_##suffix(_mm##bits##_setzero_##suffix(), \
				_mm##bits##_max_##suffix(v, _mm##bits##_sub_##suffix(_mm##bits##_setzero_##suffix(), v))))))
LOOPS256(softplus, SOFTPLUS(256, ps, dN8, f), SOFTPLUS(256, pd, dN4, ))
LOOPS512(softplus, SOFTPLUS(512, ps, eN16, f), SOFTPLUS(512, pd, eN8, ))

static const struct function functions[] = {FUNCTION(exp) FUNCTION(expm1) FUNCTION(log) FUNCTION(log1p) FUNCTION(tanh)
	FUNCTION(erf) FUNCTION(pow) FUNCTION(softplus) {0}};
