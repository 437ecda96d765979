package ref

import (
	"bufio"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"
)

// Measured is what trust/inputs found of one function and type.
type Measured struct {
	Name, Type string
	ULP        float64 // the largest error, in units of the fourth digit after the point
	X          float64 // where it is
	Inputs     uint64  // how many were tried
	Misrounded uint64  // how many results were not the nearest number
}

// String is the line of a file.
func (m Measured) String() string {
	return fmt.Sprintf("%s %s %.4f %x %d %d", m.Name, m.Type, m.ULP, m.X, m.Inputs, m.Misrounded)
}

// ReadMeasured reads such a file.
func ReadMeasured(name string) (list []Measured, err error) {
	err = readFields(name, 6, func(f []string) (err error) {
		m := Measured{Name: f[0], Type: f[1]}
		if m.ULP, err = strconv.ParseFloat(f[2], 64); err != nil {
			return err
		}
		if m.X, err = strconv.ParseFloat(f[3], 64); err != nil {
			return err
		}
		if m.Inputs, err = strconv.ParseUint(f[4], 10, 64); err != nil {
			return err
		}
		m.Misrounded, err = strconv.ParseUint(f[5], 10, 64)
		list = append(list, m)
		return err
	})
	return list, err
}

// Hard is an input on which the error is large, and the exact result.
type Hard struct {
	Name, Type string
	X          float64
	Exact      *big.Float
}

// String is the line of a file.
func (h Hard) String() string {
	return fmt.Sprintf("%s %s %x %s", h.Name, h.Type, h.X, h.Exact.Text('p', 0))
}

// ReadHard reads such a file.
func ReadHard(name string) (list []Hard, err error) {
	err = readFields(name, 4, func(f []string) (err error) {
		h := Hard{Name: f[0], Type: f[1]}
		if h.X, err = strconv.ParseFloat(f[2], 64); err != nil {
			return err
		}
		h.Exact, _, err = big.ParseFloat(f[3], 0, Prec, big.ToNearestEven)
		list = append(list, h)
		return err
	})
	return list, err
}

// readFields calls line with the fields of each line that is not a comment.
func readFields(name string, fields int, line func([]string) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	scan := bufio.NewScanner(file)
	for n := 1; scan.Scan(); n++ {
		text := scan.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		f := strings.Fields(text)
		if len(f) != fields {
			return fmt.Errorf("%s:%d: %d fields, want %d", name, n, len(f), fields)
		}
		if err := line(f); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return scan.Err()
}
