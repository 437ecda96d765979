// ONNX Runtime, its shared library loaded from the path in ONNXRUNTIME. Its npm package brings no header, so the
// functions stand here by their numbers in OrtApi, which are the same in all versions.

#include "serve.h"

#include <dlfcn.h>
#include <stdint.h>

typedef void *status;

enum {
	ErrorMessage = 2,
	CreateEnv = 3,
	CreateSessionFromArray = 8,
	Run = 9,
	CreateSessionOptions = 10,
	SetGraphOptimizationLevel = 23,
	SetIntraOpNumThreads = 24,
	SetInterOpNumThreads = 25,
	CreateTensorWithData = 49,
	CreateCpuMemoryInfo = 69,
	ReleaseSession = 95,
	ReleaseValue = 96,
};

static void *const *api;
static void *env, *options, *cpu, *session, *x, *y;

#define FUNCTION(number, ...) ((status(*)(__VA_ARGS__))api[number])

static void check(status s) {
	if (s) {
		fprintf(stderr, "ONNX Runtime: %s\n", ((const char *(*)(status))api[ErrorMessage])(s));
		exit(1);
	}
}

static const char *version(void) {
	const char *path = getenv("ONNXRUNTIME");
	void *library = dlopen(path ? path : "libonnxruntime.so.1", RTLD_NOW);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	const struct {
		void *const *(*api)(uint32_t version);
		const char *(*version)(void);
	} *base = ((const void *(*)(void))dlsym(library, "OrtGetApiBase"))();
	api = base->api(11);
	check(FUNCTION(CreateEnv, int, const char *, void **)(3, "compare", &env));
	check(FUNCTION(CreateSessionOptions, void **)(&options));
	check(FUNCTION(SetIntraOpNumThreads, void *, int)(options, 1));
	check(FUNCTION(SetInterOpNumThreads, void *, int)(options, 1));
	check(FUNCTION(SetGraphOptimizationLevel, void *, int)(options, 99)); // all
	check(FUNCTION(CreateCpuMemoryInfo, int, int, void **)(1, 0, &cpu));
	return base->version();
}

// message is a growing message of protocol buffers.
struct message {
	char *p;
	size_t n;
};

static void bytes(struct message *m, const void *p, size_t n) {
	m->p = realloc(m->p, m->n + n);
	memcpy(m->p + m->n, p, n);
	m->n += n;
}

static void varint(struct message *m, uint64_t v) {
	for (; v >= 128; v >>= 7)
		bytes(m, &(char){v | 128}, 1);
	bytes(m, &(char){v}, 1);
}

static void number(struct message *m, int field, uint64_t v) {
	varint(m, field << 3);
	varint(m, v);
}

static void block(struct message *m, int field, const void *p, size_t n) {
	varint(m, field << 3 | 2);
	varint(m, n);
	bytes(m, p, n);
}

static void text(struct message *m, int field, const char *s) { block(m, field, s, strlen(s)); }

static void nested(struct message *m, int field, struct message inner) {
	block(m, field, inner.p, inner.n);
	free(inner.p);
}

static int element(const struct work *w) { return w->wide ? 11 : 1; }

// input is a graph's input or output of two dimensions.
static struct message input(const struct work *w, const char *name, long rows, long cols) {
	struct message shape = {}, tensor = {}, type = {}, m = {};
	for (int i = 0; i < 2; i++) {
		struct message dim = {};
		number(&dim, 1, i == 0 ? rows : cols);
		nested(&shape, 1, dim);
	}
	number(&tensor, 1, element(w));
	nested(&tensor, 2, shape);
	nested(&type, 1, tensor);
	text(&m, 1, name);
	nested(&m, 2, type);
	return m;
}

// constant is an initializer; rows = 0 makes it a vector.
static struct message constant(const struct work *w, const char *name, long rows, long cols, const void *p) {
	struct message m = {};
	if (rows)
		number(&m, 1, rows);
	number(&m, 1, cols);
	number(&m, 2, element(w));
	text(&m, 8, name);
	block(&m, 9, p, (rows ? rows : 1) * cols * (w->wide ? 8 : 4));
	return m;
}

// model is Relu(Gemm(x, W, bias, transB=1)).
static struct message model(const struct work *w) {
	struct message gemm = {}, transB = {}, relu = {}, graph = {}, opset = {}, m = {};
	text(&transB, 1, "transB");
	number(&transB, 3, 1);
	number(&transB, 20, 2); // an integer
	text(&gemm, 1, "x");
	text(&gemm, 1, "w");
	text(&gemm, 1, "bias");
	text(&gemm, 2, "affine");
	text(&gemm, 4, "Gemm");
	nested(&gemm, 5, transB);
	text(&relu, 1, "affine");
	text(&relu, 2, "y");
	text(&relu, 4, "Relu");
	nested(&graph, 1, gemm);
	nested(&graph, 1, relu);
	text(&graph, 2, "layer");
	nested(&graph, 5, constant(w, "w", w->n, w->k, w->b));
	nested(&graph, 5, constant(w, "bias", 0, w->n, w->bias));
	nested(&graph, 11, input(w, "x", w->rows, w->k));
	nested(&graph, 12, input(w, "y", w->rows, w->n));
	number(&opset, 2, 13);
	number(&m, 1, 7);
	nested(&m, 7, graph);
	nested(&m, 8, opset);
	return m;
}

static void *tensor(const struct work *w, void *p, long rows, long cols) {
	void *value;
	int64_t shape[] = {rows, cols};
	check(FUNCTION(CreateTensorWithData, void *, void *, size_t, const int64_t *, size_t, int, void **)(
		cpu, p, rows * cols * (w->wide ? 8 : 4), shape, 2, element(w), &value));
	return value;
}

static void release(void) {
	if (!session)
		return;
	((void (*)(void *))api[ReleaseSession])(session);
	((void (*)(void *))api[ReleaseValue])(x);
	((void (*)(void *))api[ReleaseValue])(y);
	session = NULL;
}

static int prepare(struct work *w) {
	release();
	if (!is(w, "affine"))
		return 0;
	struct message m = model(w);
	check(FUNCTION(CreateSessionFromArray, void *, const void *, size_t, void *, void **)(
		env, m.p, m.n, options, &session));
	free(m.p);
	x = tensor(w, w->a, w->rows, w->k);
	y = tensor(w, w->out, w->rows, w->n);
	return 1;
}

static void call(struct work *w) {
	const char *from = "x", *to = "y";
	check(FUNCTION(Run, void *, void *, const char **, void **, size_t, const char **, size_t, void **)(
		session, NULL, &from, &x, 1, &to, 1, &y));
}
