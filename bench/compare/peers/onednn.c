// oneDNN 2: an inner product with weights in the order that it likes best, bias and ReLU fused; backward its sgemm.

#include "serve.h"

#include <dnnl.h>

#if DNNL_VERSION_MAJOR != 2
#error "written for oneDNN 2"
#endif

#define CHECK(f) \
	do { \
		dnnl_status_t status = (f); \
		if (status != dnnl_success) { \
			fprintf(stderr, "oneDNN: %s: status %d\n", #f, status); \
			exit(1); \
		} \
	} while (0)

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static dnnl_primitive_t product;
static dnnl_memory_t packed;
static dnnl_exec_arg_t args[4];

static const char *version(void) {
	static char text[64];
	const dnnl_version_t *v = dnnl_version();
	CHECK(dnnl_engine_create(&engine, dnnl_cpu, 0));
	CHECK(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags));
	snprintf(text, sizeof text, "%d.%d.%d, instruction set %#x", v->major, v->minor, v->patch,
		dnnl_get_effective_cpu_isa());
	return text;
}

static dnnl_memory_desc_t desc(int dims, long d0, long d1, dnnl_format_tag_t tag) {
	dnnl_memory_desc_t md;
	CHECK(dnnl_memory_desc_init_by_tag(&md, dims, (dnnl_dims_t){d0, d1}, dnnl_f32, tag));
	return md;
}

static dnnl_memory_t memory(const dnnl_memory_desc_t *md, void *p) {
	dnnl_memory_t m;
	CHECK(dnnl_memory_create(&m, md, engine, p));
	return m;
}

// pack brings the weights, n rows of k, into the order of md.
static void pack(const dnnl_memory_desc_t *md, struct work *w) {
	dnnl_memory_desc_t plain = desc(2, w->n, w->k, dnnl_ab);
	dnnl_memory_t from = memory(&plain, w->b);
	dnnl_primitive_desc_t pd;
	dnnl_primitive_t reorder;
	packed = memory(md, DNNL_MEMORY_ALLOCATE);
	CHECK(dnnl_reorder_primitive_desc_create(&pd, &plain, engine, md, engine, NULL));
	CHECK(dnnl_primitive_create(&reorder, pd));
	dnnl_exec_arg_t both[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, packed}};
	CHECK(dnnl_primitive_execute(reorder, stream, 2, both));
	CHECK(dnnl_stream_wait(stream));
	dnnl_primitive_destroy(reorder);
	dnnl_primitive_desc_destroy(pd);
	dnnl_memory_destroy(from);
}

static void release(void) {
	if (!product)
		return;
	dnnl_primitive_destroy(product);
	for (int i = 0; i < 4; i++)
		dnnl_memory_destroy(args[i].memory);
	product = NULL;
}

static int prepare(struct work *w) {
	release();
	if (w->wide || !is(w, "affine"))
		return !w->wide;
	dnnl_memory_desc_t x = desc(2, w->rows, w->k, dnnl_ab), y = desc(2, w->rows, w->n, dnnl_ab);
	dnnl_memory_desc_t weights = desc(2, w->n, w->k, dnnl_format_tag_any);
	dnnl_memory_desc_t bias = desc(1, w->n, 0, dnnl_a);
	dnnl_inner_product_desc_t op;
	dnnl_primitive_attr_t attr;
	dnnl_post_ops_t relu;
	dnnl_primitive_desc_t pd;
	CHECK(dnnl_inner_product_forward_desc_init(&op, dnnl_forward_inference, &x, &weights, &bias, &y));
	CHECK(dnnl_post_ops_create(&relu));
	CHECK(dnnl_post_ops_append_eltwise(relu, 1, dnnl_eltwise_relu, 0, 0));
	CHECK(dnnl_primitive_attr_create(&attr));
	CHECK(dnnl_primitive_attr_set_post_ops(attr, relu));
	CHECK(dnnl_primitive_desc_create(&pd, &op, attr, engine, NULL));
	CHECK(dnnl_primitive_create(&product, pd));
	pack(dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0), w);
	args[0] = (dnnl_exec_arg_t){DNNL_ARG_SRC, memory(&x, w->a)};
	args[1] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, packed};
	args[2] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, memory(&bias, w->bias)};
	args[3] = (dnnl_exec_arg_t){DNNL_ARG_DST, memory(&y, w->out)};
	dnnl_primitive_desc_destroy(pd);
	dnnl_primitive_attr_destroy(attr);
	dnnl_post_ops_destroy(relu);
	return 1;
}

static void call(struct work *w) {
	long rows = w->rows, k = w->k, n = w->n;
	if (is(w, "dx")) {
		CHECK(dnnl_sgemm('N', 'N', rows, k, n, 1, w->a, n, w->b, k, 0, w->out, k));
	} else if (is(w, "dw")) {
		CHECK(dnnl_sgemm('T', 'N', n, k, rows, 1, w->a, n, w->b, k, 1, w->out, k));
	} else {
		CHECK(dnnl_primitive_execute(product, stream, 4, args));
		CHECK(dnnl_stream_wait(stream));
	}
}
