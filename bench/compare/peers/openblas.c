// OpenBLAS, with a loop for bias and ReLU.

#include "serve.h"

#include <cblas.h>

static const char *version(void) {
	static char text[256];
	snprintf(text, sizeof text, "%s, kernels for %s", openblas_get_config(), openblas_get_corename());
	return text;
}

static int prepare(struct work *w) { return 1; }

#define FINISH(type) \
	static void finish_##type(type *restrict y, const type *restrict bias, long rows, long n) { \
		for (long i = 0; i < rows; i++, y += n) \
			for (long j = 0; j < n; j++) { \
				type v = y[j] + bias[j]; \
				y[j] = 0 > v ? 0 : v; \
			} \
	}

FINISH(float)
FINISH(double)

// One row or one output is a matrix by a vector, which gemm does not notice.
#define CALL(type, gemm, gemv) \
	static void call_##type(struct work *w) { \
		type *a = w->a, *b = w->b, *out = w->out; \
		long rows = w->rows, k = w->k, n = w->n; \
		if (is(w, "dx")) { \
			gemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, k, n, 1, a, n, b, k, 0, out, k); \
		} else if (is(w, "dw")) { \
			if (n == 1) \
				gemv(CblasRowMajor, CblasTrans, rows, k, 1, b, k, a, 1, 1, out, 1); \
			else \
				gemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, k, rows, 1, a, n, b, k, 1, out, k); \
		} else { \
			if (rows == 1) \
				gemv(CblasRowMajor, CblasNoTrans, n, k, 1, b, k, a, 1, 0, out, 1); \
			else if (n == 1) \
				gemv(CblasRowMajor, CblasNoTrans, rows, k, 1, a, k, b, 1, 0, out, 1); \
			else \
				gemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, n, k, 1, a, k, b, k, 0, out, n); \
			finish_##type(out, w->bias, rows, n); \
		} \
	}

CALL(float, cblas_sgemm, cblas_sgemv)
CALL(double, cblas_dgemm, cblas_dgemv)

static void call(struct work *w) {
	if (w->wide)
		call_double(w);
	else
		call_float(w);
}
