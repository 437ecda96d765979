package main

import (
	"fmt"
	"strconv"
	"strings"
)

// predictionColumns names the columns of predictions: where the row is, its label, and the outputs that were asked for.
func predictionColumns(o options, classes int) []string {
	columns := []string{"file", "offset"}
	if o.Label >= 0 {
		columns = append(columns, "label")
	}
	for _, name := range o.Outputs {
		for i := range classes {
			columns = append(columns, fmt.Sprintf("%s_%d", name, i))
		}
	}
	return columns
}

// appendPrediction appends the line of a row of the batch. Numbers have as many digits as it takes to read them back
// exactly.
func (s *scorer) appendPrediction(b []byte, file string, r int) []byte {
	b = appendField(b, file)
	b = strconv.AppendInt(append(b, ','), s.places[r], 10)
	if s.Label >= 0 {
		b = strconv.AppendInt(append(b, ','), int64(s.labels[r]), 10)
	}
	n := s.model.Out()
	for _, name := range s.Outputs {
		for _, v := range s.results[name][r*n : (r+1)*n] {
			b = strconv.AppendFloat(append(b, ','), float64(v), 'g', -1, 32)
		}
	}
	return append(b, '\n')
}

// appendField quotes a name if CSV needs that.
func appendField(b []byte, name string) []byte {
	if !strings.ContainsAny(name, ",\"\r\n") {
		return append(b, name...)
	}
	return append(append(append(b, '"'), strings.ReplaceAll(name, `"`, `""`)...), '"')
}
