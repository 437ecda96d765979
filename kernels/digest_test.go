package kernels_test

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"hash"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/simmer-go/simmer/fallback"
	"github.com/simmer-go/simmer/internal/isa"
	"github.com/simmer-go/simmer/internal/testkit/catalog"
	"github.com/simmer-go/simmer/kernels"
)

var (
	addDigests   = flag.Bool("add", false, "add to testdata/digests.txt what new kernels give; no line changes")
	updateDigest = flag.String("update", "", "`kernels`, separated by commas, of which the lines in testdata/digests.txt "+
		"may change: a promise is broken, so CHANGELOG.md must say it")
)

const digestFile = "testdata/digests.txt"

// TestDigest compares a hash of the results with the committed one: on each implementation here, and through
// the committed file with all machines that ran the test elsewhere.
func TestDigest(t *testing.T) {
	if *addDigests || *updateDigest != "" {
		writeDigests(t)
	}
	_, committed := readDigests(t)
	for _, i := range isa.Available() {
		t.Run(i.String(), func(t *testing.T) {
			defer isa.Use(i)()
			got := digests()
			for _, name := range slices.Sorted(maps.Keys(got)) {
				switch want, ok := committed[name]; {
				case !ok:
					t.Errorf("%s has no line in %s: once it is right, run go test ./kernels -run Digest -add", name, digestFile)
				case got[name] != want:
					t.Errorf("%s: digest %s, committed %s", name, got[name], want)
				}
			}
			for name := range committed {
				if got[name] == "" {
					t.Errorf("%s has a line in %s, but is no kernel: delete the line, or give it the new name", name, digestFile)
				}
			}
		})
	}
}

// writeDigests adds the lines that are missing, and rewrites only those of the kernels that -update names.
func writeDigests(t *testing.T) {
	text, lines := readDigests(t)
	defer isa.Use(isa.Generic)()
	var named []string
	if *updateDigest != "" {
		named = strings.Split(*updateDigest, ",")
	}
	for _, kernel := range named {
		if lines[kernel+" float32"] == "" {
			t.Fatalf("-update %s: no line in %s is of %s", *updateDigest, digestFile, kernel)
		}
	}
	for name, digest := range digests() {
		kernel, _, _ := strings.Cut(name, " ")
		if _, there := lines[name]; !there && *addDigests || there && slices.Contains(named, kernel) {
			lines[name] = digest
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		text += name + " " + lines[name] + "\n"
	}
	if err := os.WriteFile(digestFile, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// readDigests returns the comments of the file, and its digests by kernel and type.
func readDigests(t *testing.T) (comments string, lines map[string]string) {
	text, err := os.ReadFile(digestFile)
	if err != nil {
		t.Fatal(err)
	}
	lines = map[string]string{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			comments += line
			continue
		}
		fields := strings.Fields(line)
		if len(fields) != 3 {
			t.Fatalf("%s: %q", digestFile, line)
		}
		lines[fields[0]+" "+fields[1]] = fields[2]
	}
	return comments, lines
}

// digests computes the hashes of all kernels with the implementation in use.
func digests() map[string]string {
	list := map[string]string{}
	for _, k := range catalog.Kernels[float32]() {
		list[k.Name+" float32"] = digest(k)
	}
	for _, k := range catalog.Kernels[float64]() {
		list[k.Name+" float64"] = digest(k)
	}
	return list
}

// digest covers usual values and random bits at lengths around lane and block boundaries.
// It is the same in short tests: it is what emulated machines are for.
func digest[T kernels.Float](k catalog.Kernel[T]) string {
	h := sha256.New()
	kinds := bothValues
	if k.Product {
		kinds = append(kinds, catalog.Wide)
	}
	for at, s := range digestShapes(k) {
		for _, values := range kinds {
			if !k.Product && s.Len() > 300 && (values == catalog.RandomBits) != (at%2 == 0) {
				continue // one kind of input each, for the sake of slow emulators
			}
			r := k.Do(k.RandomArgs(s, values, uint64(at)))
			for _, out := range r.Out {
				hashBits(h, out)
			}
			hashBits(h, []float64{r.Sum})
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12])
}

func digestShapes[T kernels.Float](k catalog.Kernel[T]) (list []catalog.Shape) {
	if k.Product {
		for at, cols := range []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 15, 16, 17, 24, 31, 32, 33, 48, 49, 64, 65} {
			for i, rows := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 17, 33} {
				s := product(rows, []int{1, 2, 3, 5, 8, 63, 64, 65, 66, 130}[(at+3*i)%10], cols)
				if k.Work(s) < 1<<17 { // for the sake of slow emulators
					list = append(list, s)
				}
			}
		}
		list = append(list, product(0, 5, 7), product(3, 0, 20), product(65, 66, 3))
		if k.Terms() == 1 {
			list = append(list, product(25, 129, 33), product(3, 641, 17), product(49, 1345, 5))
		}
		return list
	}
	if k.Rows {
		for _, cols := range []int{1, 2, 3, 4, 7, 8, 9, 10, 15, 16, 17, 31, 33, 64, 65, 130} {
			for _, r := range []int{0, 1, 2, 7, 8, 9, 17, 33} {
				list = append(list, matrix(r, cols))
			}
		}
		return append(list, matrix(67, 10), matrix(1, fallback.WorkBlock+1), matrix(2, fallback.Block+3))
	}
	for n := range 70 {
		list = append(list, catalog.Vector(n))
	}
	for _, n := range []int{127, 128, 129, 255, 256, 257} {
		list = append(list, catalog.Vector(n))
	}
	for _, block := range []int{fallback.WorkBlock, fallback.Block} {
		for _, n := range []int{block - 1, block + 1, block + 9, 2*block + 17} {
			list = append(list, catalog.Vector(n))
		}
	}
	return list
}

func hashBits[T kernels.Float](h hash.Hash, x []T) {
	text := make([]byte, 8*len(x))
	for i, v := range x {
		binary.LittleEndian.PutUint64(text[8*i:], catalog.Bits(v))
	}
	h.Write(text)
}
