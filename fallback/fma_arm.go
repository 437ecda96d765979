package fallback

import "golang.org/x/sys/cpu"

// hardFMA reports whether math.FMA is an instruction.
var hardFMA = cpu.ARM.HasVFPv4
