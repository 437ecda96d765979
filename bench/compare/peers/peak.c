// The peak of fused multiply-adds, from registers to registers: peak-TYPE-BITS is one call of MACS of them, in twelve
// chains, enough for two units with a latency of six. In assembly, since a compiler takes the product out of the loop.

#include "serve.h"

enum { CHAINS = 12, MACS = 24576 }; // as peakMACs in Go

#define EACH(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7) f(8) f(9) f(10) f(11)
#define DECLARE(i) c##i = x,
#define STEP(i) __asm__ volatile(FMA : "+" REGISTER(c##i) : REGISTER(x), REGISTER(y));

#define LOOP(type, bits) \
	typedef type type##bits __attribute__((vector_size(bits / 8))); \
	TARGET static void loop_##type##bits(void) { \
		type##bits x = {}, EACH(DECLARE) y = x; \
		for (long n = 0; n < MACS; n += CHAINS * sizeof x / sizeof x[0]) { \
			EACH(STEP) \
		} \
	}

#ifdef __x86_64__
#define REGISTER(v) "v"(v)
#define TARGET __attribute__((target("avx2,fma")))
#define FMA "vfmadd231ps %2, %1, %0"
LOOP(float, 256)
#undef FMA
#define FMA "vfmadd231pd %2, %1, %0"
LOOP(double, 256)
#undef TARGET
#define TARGET __attribute__((target("avx512f")))
LOOP(double, 512)
#undef FMA
#define FMA "vfmadd231ps %2, %1, %0"
LOOP(float, 512)
#endif

#ifdef __aarch64__
#define REGISTER(v) "w"(v)
#define TARGET
#define FMA "fmla %0.4s, %1.4s, %2.4s"
LOOP(float, 128)
#undef FMA
#define FMA "fmla %0.2d, %1.2d, %2.2d"
LOOP(double, 128)
#endif

static void (*loop)(void);

static const char *version(void) { return "register-only loop"; }

static int prepare(struct work *w) {
	switch (w->rows) {
#ifdef __x86_64__
	case 256:
		loop = w->wide ? loop_double256 : loop_float256;
		return 1;
	case 512:
		loop = w->wide ? loop_double512 : loop_float512;
		return 1;
#endif
#ifdef __aarch64__
	case 128:
		loop = w->wide ? loop_double128 : loop_float128;
		return 1;
#endif
	}
	return 0;
}

static void call(struct work *w) { loop(); }
