//go:build !(amd64 || arm || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x)

package fallback

// hardFMA reports whether math.FMA is an instruction.
const hardFMA = false
