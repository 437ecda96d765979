module github.com/simmer-go/simmer

go 1.26.0
