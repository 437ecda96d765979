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
	ULP        float64   // the largest error, to four digits after the point
	Inputs     uint64    // how many were tried
	Misrounded uint64    // how many results were not the nearest number
	Args       []float64 // where the error is the largest
}

// String is the line of a file.
func (m Measured) String() string {
	return fmt.Sprintf("%s %s %.4f %d %d%s", m.Name, m.Type, m.ULP, m.Inputs, m.Misrounded, printed(m.Args))
}

func printed(args []float64) string {
	var text strings.Builder
	for _, x := range args {
		fmt.Fprintf(&text, " %x", x)
	}
	return text.String()
}

// ReadMeasured reads such a file.
func ReadMeasured(name string) (list []Measured, err error) {
	err = readFields(name, 6, func(f []string) (err error) {
		m := Measured{Name: f[0], Type: f[1]}
		if m.ULP, err = strconv.ParseFloat(f[2], 64); err != nil {
			return err
		}
		if m.Inputs, err = strconv.ParseUint(f[3], 10, 64); err != nil {
			return err
		}
		if m.Misrounded, err = strconv.ParseUint(f[4], 10, 64); err != nil {
			return err
		}
		m.Args, err = floats(f[5:])
		list = append(list, m)
		return err
	})
	return list, err
}

// Hard are arguments for which the error is large, and the exact result.
type Hard struct {
	Name, Type string
	Exact      *big.Float
	Args       []float64
}

// String is the line of a file.
func (h Hard) String() string {
	return fmt.Sprintf("%s %s %s%s", h.Name, h.Type, h.Exact.Text('p', 0), printed(h.Args))
}

// Error is the error of a result in ULP.
func (h Hard) Error(got float64) float64 {
	digits := 53
	if h.Type == "float32" {
		digits = 24
	}
	return errorOf(got, h.Exact, digits)
}

// ReadHard reads such a file.
func ReadHard(name string) (list []Hard, err error) {
	err = readFields(name, 4, func(f []string) (err error) {
		h := Hard{Name: f[0], Type: f[1]}
		if h.Exact, _, err = big.ParseFloat(f[2], 0, Prec, big.ToNearestEven); err != nil {
			return err
		}
		h.Args, err = floats(f[3:])
		list = append(list, h)
		return err
	})
	return list, err
}

func floats(fields []string) (list []float64, err error) {
	for _, f := range fields {
		x, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// readFields calls line with the fields of each line that is not a comment.
func readFields(name string, least int, line func([]string) error) error {
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
		if len(f) < least {
			return fmt.Errorf("%s:%d: %d fields, want %d", name, n, len(f), least)
		}
		if err := line(f); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return scan.Err()
}
