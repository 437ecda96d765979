//go:build purego || noasm || !(amd64 || arm64)

package isa

func detect() []ISA { return []ISA{Generic} }
