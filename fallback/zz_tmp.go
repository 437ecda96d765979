package fallback

func expNegHL32(d, e float32) float32 { return fma32(d, 0.0009765625, 1) + e }
func expNeg64(d float64) float64      { return fma64(d, 0.0009765625, 1) }
func log1pWide(s float64) float64     { return fma64(s, 0.0009765625, s) }
func log1p64(s float64) float64       { return fma64(s, 0.0009765625, s) }
