#include "textflag.h"

// func Set(mode uint32)
TEXT ·Set(SB), NOSPLIT, $0-4
	LDMXCSR mode+0(FP)
	RET
