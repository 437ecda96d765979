package main

import "encoding/json"

const reportName = "report.json"

// report is the result of a job: equal for equal input, model and options, to the byte.
type report struct {
	Fingerprint string   `json:"fingerprint"`
	Columns     []string `json:"columns"` // of the predictions
	Rows        int64    `json:"rows"`
	Predictions int64    `json:"predictions"`
	DeadLetters int64    `json:"dead_letters"`
	Evaluation  *metrics `json:"evaluation,omitempty"`
}

func newReport(j job, p *partial) ([]byte, error) {
	c := p.counts()
	r := report{Fingerprint: j.Fingerprint, Columns: predictionColumns(j.options, j.Classes),
		Rows: c.rows, Predictions: c.predictions, DeadLetters: c.deadLetters}
	if j.Label >= 0 && p.Evaluation != nil && c.predictions > 0 {
		r.Evaluation = p.Evaluation.metrics()
	}
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}
