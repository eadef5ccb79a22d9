.PHONY: help test race lint tidy golden bench seeds fuzz conformance consumer container build-container ci

SHARED ?= ../shared
BENCHTIME ?= 1s
FUZZTIME ?= 10s
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHSTAT = golang.org/x/perf/cmd/benchstat@latest
# Go in the module of testkit/container, whose workspace refuses -mod=mod.
IN_CONTAINER = GOFLAGS="$$(go env GOFLAGS | sed 's/-mod=[a-z]*//')" go -C testkit/container

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 14

test: ## what the README promises
	go test ./...

# sdktest tests other people's SDKs through the same code, and go-auth0 v2 takes minutes to compile so. The tests of examples
# itself run documents, in processes that the detector does not see.
race: ## the tests under the race detector, but for other people's SDKs and for documents
	UNDERSTUDY_GAUNTLET_SEEDS=1 go test -race $$(go list ./... | grep -v '/sdktest\|/examples$$')

lint: ## formatting, vet and staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -d . ; exit 1; }
	go vet ./...
	go run $(STATICCHECK) $$(go list ./... | grep -v /sdktest)
	$(IN_CONTAINER) vet ./...
	$(IN_CONTAINER) run $(STATICCHECK) ./...
	.ci/tidy -diff

tidy: ## go.mod and go.sum of both modules
	.ci/tidy

golden: ## write the golden files and the generated tables anew
	go test ./emulator ./emulator/vendors ./scenarios ./emulator/vendors/auth0/sdktest ./scenarios/gauntlet/sdktest ./examples/provision/naive -update

bench: ## every benchmark, in benchstat's form; UNDERSTUDY_BENCH_HEAP=1 adds the minute of the heap, UNDERSTUDY_BENCH_GAUNTLET=1 the time of a gauntlet
	go test -run '^$$' -bench . -benchtime $(BENCHTIME) -count 6 ./emulator ./testkit | tee bench.out
	go test -run '^$$' -bench . -benchtime 10x ./cmd/understudy | tee -a bench.out
	$(IN_CONTAINER) test -run '^$$' -bench . -benchtime 10x ./... | tee -a bench.out
	go test -count 1 -v -run TestTheLibraryTakesLessThanASecond ./examples/provision/careful | tail -3
	-go run $(BENCHSTAT) bench.out

seeds: ## the careful client's gauntlet with 200 seeds, none of which may fail
	UNDERSTUDY_GAUNTLET_SEEDS=200 go test -run TestRunsTheGauntlet -timeout 1h ./examples/provision/careful

fuzz: ## a few seconds of every fuzz target
	.ci/fuzz $(FUZZTIME)

conformance: ## replay the recorded traffic, where $(SHARED) is there
	.ci/conformance $(SHARED)

consumer: ## a module of its own that imports testkit alone
	.ci/consumer

container: ## build the image, drive it from outside, and run the tests of testkit/container
	.ci/container

build-container:
	$(IN_CONTAINER) build ./...

ci: ## all that the build server runs
	.ci/run
