// Package kernels has the numeric kernels of model scoring over contiguous slices of float32 and float64, and the
// gradients that training needs: one call handles a whole slice or a whole matrix, and gives the same bits on every
// machine.
//
// # Index
//
// Of a loss or divergence X, X returns the sum, XTo writes the elements, and XGrad writes the gradient and returns the
// sum. Matrices are row-major slices.
//
//   - Exponentials, logarithms, powers: [ExpTo], [Expm1To], [LogTo], [Log1pTo], [PowTo]
//   - Activations: [SigmoidTo], [LogSigmoidTo], [SoftplusTo], [TanhTo], [SiLUTo], [GELUTo], [GELUTanhTo], [MishTo],
//     [ErfTo]
//   - Gradients of activations: [LogSigmoidGradTo], [TanhGradTo], [SiLUGradTo], [GELUGradTo], [GELUTanhGradTo],
//     [MishGradTo], [ErfGradTo]; the derivative of softplus is what SigmoidTo writes
//   - Arithmetic: [MulTo], [ScaleTo], [AddScaledTo], [AddSquaresTo]
//   - Reductions: [Sum], [Dot], [Max], [ArgMax], [LogSumExp]
//   - Exact sums, which can be merged in any order: [ExactSum], [ExactAdd], [ExactAddProducts]
//   - Rows of a matrix: [SoftmaxRowsTo], [LogSoftmaxRowsTo], [LogSumExpRowsTo], [LayerNormRowsTo], [ArgMaxRowsTo],
//     [TopKRows]
//   - Gradients of rows: [SoftmaxRowsGradTo], [LogSoftmaxRowsGradTo], [LayerNormRowsGradTo]
//   - Masks and selection: [MaskedSoftmaxRowsTo], [MaskedLogSoftmaxRowsTo], [SelectTo], [CountOutside]
//   - Products of matrices: [AffineTo] and [AffineReLUTo] with [Packed] weights ([Pack], or [PackedIn] and [PackedLen]
//     for memory of your own); [MatMulTo], [MatMulTransTo], [AddMatMulTo], [AddMatMulTransTo], [TransposeTo]
//   - Gradients of products: [AddTransMatMulTo], [AddTransMatMulRowsTo], [AddColumnSumsTo]
//   - Variances of the outputs of Gaussian layers: [SumSquaresTo]
//   - Losses of numbers: [SquaredError], [SquaredErrorTo], [SquaredErrorGrad]; [AbsoluteError], [AbsoluteErrorTo],
//     [AbsoluteErrorGrad]; [Huber], [HuberTo], [HuberGrad]; [GaussianNLL], [GaussianNLLTo], [GaussianNLLGrad]
//   - Binary losses: [BCE], [BCETo], [BCEGrad]; [BCEWithLogits], [BCEWithLogitsTo], [BCEWithLogitsGrad];
//     [WeightedBCE], [WeightedBCEGrad]; [WeightedBCEWithLogits], [WeightedBCEWithLogitsGrad]; [BinaryFocal],
//     [BinaryFocalTo], [BinaryFocalGrad]
//   - Losses of classes: [CrossEntropyRows], [CrossEntropyRowsTo], [CrossEntropyRowsGrad], [CrossEntropyRowsGradTo];
//     with weights, label smoothing, class probabilities, positions, or as focal loss [ClassLoss], [ClassLossTo],
//     [ClassLossGrad]
//   - Divergences of Gaussians: [GaussianKL], [GaussianKLTo]; from one prior [GaussianKLPrior], [GaussianKLPriorTo];
//     of a variational autoencoder [GaussianKLLogVar], [GaussianKLLogVarTo]
//   - Random numbers of a [Key]: [NormalTo], [UniformTo]
//   - The machine: [Implementation], [CheckFloatMode]
//
// # One result
//
// Each kernel runs on AVX-512, AVX2 with FMA, NEON, or in portable Go, whichever is the fastest that the processor and
// the operating system offer, and returns the same bits on all of them, for every input, length and alignment. (All
// NaNs count as one value.) So a fuzz test may compare with ==, and a fleet of mixed machines gives one answer. The
// bits of a kernel change only in a minor release, and the change log says so.
//
// Sums have one order, a function of the length alone (package fallback has it); what a sum returns does not depend on
// how many goroutines run or where a slice begins. An ExactSum does not depend on the order either, nor on which
// machines added which part.
//
// # Conventions
//
// They are gonum's. Functions named …To write to dst and return it; sums return a float64 whatever the slices hold, so
// that a sum of float32 neither overflows nor is rounded twice. Lengths that do not match are a bug in the caller, and
// panic with a message that names both. Unless a function says otherwise, dst may be one of the inputs but must not
// overlap one partly, and NaN and ±Inf are valid inputs: NaN gives NaN, ±Inf the limit.
//
// Nothing allocates but Pack and the encoding of an ExactSum; nothing starts a goroutine. Products keep up to 64 KB of
// scratch on the stack. The race detector does not see what assembly reads and writes: with the build tag purego it
// does.
//
// # Latency
//
// Assembly cannot be preempted, so that whoever stops the world, as the garbage collector does, waits for the end of a
// call. Long slices are handled in blocks, and products in calls of bounded work: on a Zen 5 the longest call takes at
// most 12 µs with AVX-512 and 27 µs with AVX2. Those are losses of a thousand classes with positions after the class
// axis, of which several calls are counted as one; other kernels stay below 9 and 18 µs, and most take less than 6 and
// 12. Stopping the world takes 41 µs in the median while kernels run, 25 µs beside a plain loop. go run ./trust/latency
// measures it kernel by kernel.
//
// # Choosing an implementation
//
// The environment variable SIMMER_ISA (avx512, avx2, neon, generic) asks for one at start-up; a value that this machine
// cannot serve gets a line on stderr and the best that it can. The build tags purego and noasm leave the assembly out.
// Implementation says what is in use.
//
// Where there is no assembly, portable Go takes at most about three times a plain loop over package math in float32,
// and in float64 where fused multiply-add is an instruction; without it, as on wasm, most of float64 takes 5 to 17
// times the loop. Package fallback has the exceptions and the numbers.
//
// # Errors
//
// Bounds are in ULP of the correctly rounded result in the slices' type, also where a sum of float32 is returned as
// float64; tests hold each function to the bound in its comment. The bounds hold only with subnormal numbers enabled,
// as Go has them by default; CheckFloatMode finds out whether a C library turned them off in this thread.
//
// The largest errors that were found, in ULP of float32 and float64: of functions of one argument on all float32 inputs
// and on ten million float64, of the others, of which PowTo had exponents up to 200, on half a million, by go run
// ./trust/inputs. A line has no number where that has not been run yet.
//
//	ExpTo                 0.873    0.904
//	Expm1To               0.504    1.246
//	LogTo                 0.502    0.892
//	Log1pTo               0.502    1.051
//	SoftplusTo            1.892    1.936
//	SigmoidTo             0.964    1.685
//	LogSigmoidTo              -    1.941
//	LogSigmoidGradTo          -    1.686
//	TanhTo                0.950    0.896
//	TanhGradTo                -    2.825
//	ErfTo                     -    1.358
//	ErfGradTo                 -    1.169
//	SiLUTo                0.907    2.181
//	SiLUGradTo                -    3.536
//	GELUTo                0.739    3.112
//	GELUGradTo                -    3.027
//	GELUTanhTo                -    2.185
//	GELUTanhGradTo            -    4.276
//	MishTo                0.501    2.630
//	MishGradTo                -    4.098
//	PowTo                 0.500   46.759
//	GaussianKLTo          0.640    8.425
//	GaussianKLLogVarTo    0.504    2.919
//	BCETo                 0.502    2.292
//	BCEWithLogitsTo       2.102    2.289
//	HuberTo               3.424    3.427
package kernels
