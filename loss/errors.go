package loss

import (
	"errors"
	"fmt"
)

// Every error of this package is one of these two, for errors.Is. A server that evaluates a loss for a client answers
// the first with "bad request", and the second with "internal error".
var (
	// ErrInput means that an argument of the call is at fault: its length, alone or beside that of another argument or
	// of an option, or one of its values.
	ErrInput = errors.New("loss: bad input")

	// ErrParams means that the loss itself is at fault, whatever the arguments: an option, the weights, a missing layer
	// or model, or what these report of their parameters.
	ErrParams = errors.New("loss: bad parameters")
)

// kindError is an error of one of the kinds.
type kindError struct {
	error
	kind error
}

// Unwrap lets errors.Is and errors.As find the kind, and what a layer or model returned.
func (e kindError) Unwrap() []error { return []error{e.error, e.kind} }

func inputError(format string, args ...any) error {
	return kindError{fmt.Errorf(format, args...), ErrInput}
}

func paramsError(format string, args ...any) error {
	return kindError{fmt.Errorf(format, args...), ErrParams}
}

// ofParams makes an error of a layer or model, which has seen only lengths that fit, one of ErrParams.
func ofParams(err error) error {
	if err == nil || errors.Is(err, ErrInput) || errors.Is(err, ErrParams) {
		return err
	}
	return kindError{err, ErrParams}
}
