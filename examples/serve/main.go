// Serve answers inference requests over HTTP, in the Open Inference Protocol (version 2, REST) with its extension for
// binary tensors. From the root of the repository:
//
//	go run -C examples ./serve
//
// serves a network that tells handwritten digits apart, with a page at http://localhost:8080 on which to draw some. It was
// trained in Python; -weights names another file, in the keys of PyTorch or inferno, and -modules what a file does not
// tell. -h lists the limits.
//
// # Outputs
//
// Without parameters, mean and variance of the outputs, and the probabilities of the classes, are closed forms. With the
// parameter draws of a request they are those over so many draws of the weights, and the output draws has the draws
// themselves, a matrix for each row. The parameter seed chooses the draws; without it they are those of -seed. The same
// request gets the same bits, whatever is asked beside it, on every machine.
//
// # Signals
//
// SIGHUP reads the weights again: from then on requests are answered by the new ones, unless the file is broken. SIGTERM
// and SIGINT end the server once it has answered what it has begun to read; until -drain has passed it takes new
// requests too, but says that it is not ready.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	_ "net/http/pprof" // for -pprof
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/simmer-go/simmer/bnn"
)

// config is what the flags say.
type config struct {
	addr, pprof             string
	name, version           string
	weights, prefix         string
	modules                 string
	datatype                string
	seed                    uint64
	draws, maxDraws         int
	maxRows                 int
	maxBody, maxMemory      int64
	batchRows               int
	batchWait               time.Duration
	batchAll, debug         bool
	readTimeout, idle       time.Duration
	drain, shutdownDeadline time.Duration
}

// What is served unless -weights says otherwise: a file as Python wrote it, without the list of its modules.
const digitsWeights, digitsModules = "../bnn/testdata/digits_lowrank.safetensors", "input ReLU output"

// defineFlags defines the flags, whose defaults serve the digits.
func (c *config) defineFlags(f *flag.FlagSet) {
	f.StringVar(&c.addr, "addr", "localhost:8080", "listen on this `address`")
	f.StringVar(&c.pprof, "pprof", "", "serve net/http/pprof on this `address`, which nobody else should reach")
	f.StringVar(&c.name, "name", "digits", "`name` of the model in URLs")
	f.StringVar(&c.version, "version", "1", "`version` of the model in URLs")
	f.StringVar(&c.weights, "weights", digitsWeights,
		"read the model from this .safetensors `file`, or from the files of this .safetensors.index.json")
	f.StringVar(&c.prefix, "prefix", "", "take this `prefix` away from the keys of the file, such as module.")
	f.StringVar(&c.modules, "modules", "",
		"the `modules` of the model, such as \"input ReLU output\", if the file's metadata do not list them")
	f.StringVar(&c.datatype, "datatype", "FP32", "compute in FP32 or FP64")
	f.Uint64Var(&c.seed, "seed", 1, "`seed` of the draws of requests that have none")
	f.IntVar(&c.draws, "draws", 100, "`number` of draws of a request that asks for some without a number")
	f.IntVar(&c.maxDraws, "max-draws", 1000, "a request may have so many draws")
	f.IntVar(&c.maxRows, "max-rows", 4096, "a request may have so many rows")
	f.Int64Var(&c.maxBody, "max-body", 16<<20, "a request, and an answer, may have so many `bytes`")
	f.Int64Var(&c.maxMemory, "max-memory", 256<<20, "all requests that are read together may have so many `bytes`")
	f.IntVar(&c.batchRows, "batch-rows", 64, "compute requests together up to so many rows")
	f.DurationVar(&c.batchWait, "batch-wait", 200*time.Microsecond,
		"a request with draws may wait so long for those of other connections; 0 computes each alone")
	f.BoolVar(&c.batchAll, "batch-all", false, "requests without draws wait too, from which small models gain little")
	f.BoolVar(&c.debug, "debug", false, "log requests that are refused for a fault of their own, too")
	f.DurationVar(&c.readTimeout, "read-timeout", 10*time.Second, "a request may take so long to arrive, an answer to leave")
	f.DurationVar(&c.idle, "idle-timeout", 2*time.Minute, "a connection may be idle so long")
	f.DurationVar(&c.drain, "drain", time.Second, "go on serving so long after SIGTERM")
	f.DurationVar(&c.shutdownDeadline, "shutdown-timeout", 30*time.Second, "give up on requests after so long")
}

// check says which flag cannot be.
func (c *config) check() error {
	for _, f := range []struct {
		name  string
		value int64
	}{
		{"draws", int64(c.draws)}, {"max-draws", int64(c.maxDraws)}, {"max-rows", int64(c.maxRows)}, {"max-body", c.maxBody},
		{"max-memory", c.maxMemory}, {"batch-rows", int64(c.batchRows)},
	} {
		if f.value < 1 {
			return fmt.Errorf("-%s is %d, want at least 1", f.name, f.value)
		}
	}
	for _, f := range []struct {
		name         string
		value, least time.Duration
	}{
		{"batch-wait", c.batchWait, 0}, {"read-timeout", c.readTimeout, 1}, {"idle-timeout", c.idle, 1},
		{"drain", c.drain, 0}, {"shutdown-timeout", c.shutdownDeadline, 1},
	} {
		if f.value < f.least {
			return fmt.Errorf("-%s is %v, want at least %v", f.name, f.value, f.least)
		}
	}
	if c.draws > c.maxDraws {
		return fmt.Errorf("-draws is %d, more than the %d of -max-draws", c.draws, c.maxDraws)
	}
	if c.name == "" || c.version == "" {
		return fmt.Errorf("-name is %q and -version %q, want something", c.name, c.version)
	}
	if c.datatype != "FP32" && c.datatype != "FP64" {
		return fmt.Errorf("-datatype is %q, want FP32 or FP64", c.datatype)
	}
	return nil
}

func main() {
	var c config
	c.defineFlags(flag.CommandLine)
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(flag.CommandLine.Output(), "unexpected argument %q: the weights are named by -weights\n", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}
	var options slog.HandlerOptions
	if c.debug {
		options.Level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &options))
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // a few megabytes are live, which would be collected all the time
	}
	if err := c.run(log); err != nil {
		log.Error("the server ends", "error", err)
		os.Exit(1)
	}
}

// run serves until a signal comes.
func (c config) run(log *slog.Logger) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	reload := make(chan os.Signal, 1)
	signal.Notify(reload, syscall.SIGHUP)
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		return err
	}
	if c.pprof != "" {
		go func() { log.Error("pprof", "error", http.ListenAndServe(c.pprof, nil)) }()
	}
	if c.datatype == "FP64" {
		return newServer[float64](c, log).run(ctx, listener, reload)
	}
	return newServer[float32](c, log).run(ctx, listener, reload)
}

// load reads the weights.
func load[T bnn.Float](c config) (*bnn.Predictor[T], error) {
	if c.weights == digitsWeights && c.modules == "" {
		c.modules = digitsModules
	}
	model, err := bnn.NewFromCheckpoint[T](bnn.Checkpoint{Name: c.weights, Prefix: c.prefix, Modules: c.modules})
	if err != nil {
		return nil, err
	}
	predictor, err := bnn.NewPredictor(model.Eval())
	if err != nil {
		return nil, err
	}
	return predictor.KeepDraws(bnn.Key{Seed: c.seed}, c.draws)
}
