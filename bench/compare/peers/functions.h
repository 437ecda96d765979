// What the peers of `go run .` share: the requests, "time NAME REPS" or "map NAME FILE" on a line, where NAME is
// FUNCTION:TYPE:BITS:N:INPUT, INPUT being a file of at least N numbers. A peer answers with nanoseconds per call, or with
// 0 when it has written the results to FILE, or with "none" for what its library does not have.

#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POWER 1.7

typedef void loop(void *dst, const void *x, long n);

// A list of functions ends with one without a name.
struct function {
	const char *name;
	loop *float32[2], *float64[2]; // with registers of 256 and of 512 bits
};

static const struct function functions[];
static const char *version(void);

// LOOP defines a loop that applies an expression of v to a multiple of lanes elements.
#define LOOP(name, type, vector, lanes, load, store, expression) \
	__attribute__((noipa)) static void name(void *dst, const void *x, long n) { \
		for (long i = 0; i + lanes <= n; i += lanes) { \
			vector v = load((const type *)x + i); \
			store((type *)dst + i, expression); \
		} \
	}

#define LOOPS256(name, f, d) \
	LOOP(name##_f8, float, __m256, 8, _mm256_loadu_ps, _mm256_storeu_ps, f) \
	LOOP(name##_d4, double, __m256d, 4, _mm256_loadu_pd, _mm256_storeu_pd, d)

#ifdef __AVX512F__
#define LOOPS512(name, f, d) \
	LOOP(name##_f16, float, __m512, 16, _mm512_loadu_ps, _mm512_storeu_ps, f) \
	LOOP(name##_d8, double, __m512d, 8, _mm512_loadu_pd, _mm512_storeu_pd, d)
#define FUNCTION(name) {#name, {name##_f8, name##_f16}, {name##_d4, name##_d8}},
#else
#define LOOPS512(name, f, d)
#define FUNCTION(name) {#name, {name##_f8}, {name##_d4}},
#endif

static void *fresh(size_t size) {
	void *p = aligned_alloc(64, (size + 127) / 64 * 64);
	if (!p)
		abort();
	memset(p, 0, size);
	return p;
}

static loop *call;
static void *dst, *x;
static long n, size; // in elements, in bytes

// start readies the function of that name.
static int start(const char *name) {
	char function[32], type[16], path[256];
	int bits;
	call = NULL;
	if (sscanf(name, "%31[^:]:%15[^:]:%d:%ld:%255s", function, type, &bits, &n, path) != 5)
		return 0;
	int wide = strcmp(type, "float64") == 0;
	for (const struct function *f = functions; f->name; f++)
		if (strcmp(f->name, function) == 0)
			call = (wide ? f->float64 : f->float32)[bits == 512];
	if (!call)
		return 0;
	n = (n + 15) / 16 * 16;
	size = n * (wide ? 8 : 4);
	free(dst), free(x);
	dst = fresh(size), x = fresh(size);
	FILE *in = fopen(path, "rb");
	if (!in || fread(x, 1, size, in) == 0)
		abort();
	fclose(in);
	return 1;
}

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static double nanoseconds(long reps) {
	call(dst, x, n);
	double begin = now();
	for (long i = 0; i < reps; i++)
		call(dst, x, n);
	return (now() - begin) / reps;
}

static double map(const char *path) {
	call(dst, x, n);
	FILE *out = fopen(path, "wb");
	if (!out || fwrite(dst, 1, size, out) != (size_t)size)
		abort();
	fclose(out);
	return 0;
}

int main(void) {
	char line[1024], verb[16], name[512], last[256], current[512] = "";
	int able = 0;
	printf("%s\n", version());
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		if (sscanf(line, "%15s %511s %255s", verb, name, last) != 3)
			return 1;
		if (strcmp(name, current) != 0) {
			able = start(name);
			strcpy(current, name);
		}
		if (!able)
			printf("none\n");
		else
			printf("%.17g\n", strcmp(verb, "map") == 0 ? map(last) : nanoseconds(atol(last)));
		fflush(stdout);
	}
	return 0;
}
