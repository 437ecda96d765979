// What the peers of `go run . products` share: the requests, "time NAME REPS" or "value NAME" on a line, and the
// operands. A peer answers with one number, nanoseconds per call or the weighted sum of a result, or with "none" for
// what its library does not offer.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// work, named KIND-TYPE-ROWSxKxN, is affine, max(x·Wᵀ + bias, 0), with W packed or in any order; dx, dy·W; or dw,
// dw += dyᵀ·x, with all matrices by rows: x has rows of k elements, dy of n, and W n rows of k.
struct work {
	char kind[16], type[16];
	long rows, k, n;
	int wide; // float64

	void *a, *b, *bias, *out;
	long aLen, bLen, outLen;
};

// A peer defines these: how it names itself, whether it does the work, and that work.
static const char *version(void);
static int prepare(struct work *w);
static void call(struct work *w);

static inline int is(const struct work *w, const char *kind) { return strcmp(w->kind, kind) == 0; }

static void set(const struct work *w, void *p, long i, double v) {
	if (w->wide)
		((double *)p)[i] = v;
	else
		((float *)p)[i] = v;
}

static double get(const struct work *w, const void *p, long i) {
	return w->wide ? ((const double *)p)[i] : ((const float *)p)[i];
}

static void *list(const struct work *w, long n) {
	void *p = aligned_alloc(64, (n * (w->wide ? 8 : 4) + 63) / 64 * 64);
	if (!p)
		abort();
	for (long i = 0; i < n; i++)
		set(w, p, i, 0);
	return p;
}

// spread has numbers of both signs, multiples of 1/denominator below 1002 of them, the same for all peers.
static void *spread(const struct work *w, long n, double denominator) {
	void *p = list(w, n);
	for (long i = 0; i < n; i++)
		set(w, p, i, (i * 7919 % 2003 - 1001) / denominator);
	return p;
}

// start makes the operands of the work with that name.
static int start(struct work *w, const char *name) {
	free(w->a), free(w->b), free(w->bias), free(w->out);
	memset(w, 0, sizeof *w);
	sscanf(name, "%15[^-]-%15[^-]-%ldx%ldx%ld", w->kind, w->type, &w->rows, &w->k, &w->n);
	w->wide = strcmp(w->type, "float64") == 0;
	long x = w->rows * w->k, y = w->rows * w->n, weights = w->n * w->k;
	w->aLen = is(w, "affine") ? x : y;
	w->bLen = is(w, "dw") ? x : weights;
	w->outLen = is(w, "affine") ? y : is(w, "dx") ? x : weights;
	w->a = spread(w, w->aLen, 256);
	w->b = spread(w, w->bLen, 4096);
	w->bias = spread(w, w->n, 256);
	w->out = list(w, w->outLen);
	return prepare(w);
}

// value is the sum of the result with weights that notice elements which changed places.
static double value(struct work *w) {
	for (long i = 0; i < w->outLen; i++)
		set(w, w->out, i, 0);
	call(w);
	double sum = 0;
	for (long i = 0; i < w->outLen; i++)
		sum += (i * 31 % 17) / 16.0 * get(w, w->out, i);
	return sum;
}

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

// nanoseconds begins warm: the peers took turns in the caches.
static double nanoseconds(struct work *w, long reps) {
	if (reps > 1)
		call(w);
	double begin = now();
	for (long i = 0; i < reps; i++)
		call(w);
	return (now() - begin) / reps;
}

int main(void) {
	static struct work w;
	char line[256], verb[16], name[128], current[128] = "";
	int able = 0;
	printf("%s\n", version());
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		long reps = 1;
		if (sscanf(line, "%15s %127s %ld", verb, name, &reps) < 2)
			return 1;
		if (strcmp(name, current) != 0) {
			able = start(&w, name);
			strcpy(current, name);
		}
		if (!able)
			printf("none\n");
		else
			printf("%.17g\n", strcmp(verb, "value") == 0 ? value(&w) : nanoseconds(&w, reps));
		fflush(stdout);
	}
	return 0;
}
