package fallback

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestCoefficients compares each coefficient with the one that its script prints: it is as many units in the last place
// above that as poly/coefficients.txt says, mostly 0.
func TestCoefficients(t *testing.T) {
	file, err := os.Open("poly/coefficients.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tables, bits := map[string][]float64{}, map[string]uint{}
	for _, p := range polynomials() {
		tables[p.name], bits[p.name] = p.c, 53
		if strings.HasSuffix(p.name, "32") && !strings.HasPrefix(p.name, "KL") {
			bits[p.name] = 24
		}
	}
	tables["NormalTail64"], bits["NormalTail64"] = interleaved(NormalTailEven64[:], NormalTailOdd64[:]), 53
	delete(tables, "NormalTailEven64, NormalTailOdd64")

	seen := map[string]int{}
	for scan := bufio.NewScanner(file); scan.Scan(); {
		if strings.HasPrefix(scan.Text(), "#") {
			continue
		}
		f := strings.Fields(scan.Text())
		name, c := f[0], tables[f[0]]
		i, _ := strconv.Atoi(f[1])
		printed, err := strconv.ParseFloat(f[2], 64)
		apart, err2 := strconv.ParseFloat(f[3], 64)
		if err != nil || err2 != nil || i >= len(c) || i != seen[name] {
			t.Fatalf("poly/coefficients.txt: %q: %v, %v", scan.Text(), err, err2)
		}
		seen[name]++
		if got := (c[i] - printed) / ulpOf(printed, bits[name]); got != apart {
			t.Errorf("%s[%d] is %x, which is %v units above %x of its script: was %v",
				name, i, c[i], got, printed, apart)
		}
	}
	for name, c := range tables {
		if seen[name] != len(c) {
			t.Errorf("%s: %d of %d coefficients are in poly/coefficients.txt", name, seen[name], len(c))
		}
	}
}
