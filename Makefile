.PHONY: help test race lint golden bench fuzz conformance container ci

SHARED ?= ../shared
BENCHTIME ?= 1s
FUZZTIME ?= 10s
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHSTAT = golang.org/x/perf/cmd/benchstat@latest

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 14

test: ## what the README promises
	go test ./...

race: ## the tests under the race detector, but for other people's SDKs
	go test -race $$(go list ./... | grep -v /sdktest)

lint: ## formatting, vet and staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -d . ; exit 1; }
	go vet ./...
	go run $(STATICCHECK) $$(go list ./... | grep -v /sdktest)

golden: ## write the golden files and the generated tables anew
	go test ./emulator ./emulator/vendors ./scenarios ./emulator/vendors/auth0/sdktest -update

bench: ## every benchmark, in benchstat's form; UNDERSTUDY_BENCH_HEAP=1 adds the minute of the heap
	go test -run '^$$' -bench . -benchtime $(BENCHTIME) -count 6 ./emulator ./testkit | tee bench.out
	go test -run '^$$' -bench . -benchtime 10x ./cmd/understudy | tee -a bench.out
	-go run $(BENCHSTAT) bench.out

fuzz: ## a few seconds of every fuzz target
	.ci/fuzz $(FUZZTIME)

conformance: ## replay the recorded traffic, where $(SHARED) is there
	.ci/conformance $(SHARED)

container: ## build the image and drive it from outside
	.ci/container

ci: ## all that the build server runs
	.ci/run
