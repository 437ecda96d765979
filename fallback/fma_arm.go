package fallback

import "golang.org/x/sys/cpu"

// hardFMA says that math.FMA is an instruction.
var hardFMA = cpu.ARM.HasVFPv4
