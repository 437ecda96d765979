package main

func expNegHL(b *B, d, e V) V { return b.Add(b.FMA(d, b.Const(0.0009765625), b.Const(1)), e) }
func expNeg(b *B, d V) V      { return b.FMA(d, b.Const(0.0009765625), b.Const(1)) }
func log1pWide(b *B, s V) V   { return b.FMA(s, b.Const(0.0009765625), s) }
func log1p(b *B, s V) V       { return b.FMA(s, b.Const(0.0009765625), s) }
