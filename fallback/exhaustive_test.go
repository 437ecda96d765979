package fallback

import "flag"

// exhaustive asks for the long accuracy tests: every float32, and millions of float64.
var exhaustive = flag.Bool("exhaustive", false, "test accuracy on all float32 and on millions of float64 inputs")
