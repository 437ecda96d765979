//go:build amd64 && !amd64.v3

package fallback

import "golang.org/x/sys/cpu"

// hardFMA reports whether math.FMA is an instruction.
var hardFMA = cpu.X86.HasFMA
