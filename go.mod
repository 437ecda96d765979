module github.com/simmer-go/simmer

go 1.26.0

require (
	github.com/mmcloughlin/avo v0.6.0
	golang.org/x/arch v0.32.0
)

require golang.org/x/tools v0.52.0 // indirect
