// Package gauntlet finds out what a client does wrong, with no assertions: the client runs without faults, and then once
// under each scenario that touches what it calls. Each run is judged by what it leaves, which must be what is there
// without faults, and by the verdicts of its scenario.
//
// This package compares and judges; it runs nothing by itself. testkit.Gauntlet runs Go clients, each run in a bubble of
// virtual time, and the command `understudy gauntlet` runs programs:
//
//	first := gauntlet.Observe(ctx, w1, client)          // without faults
//	second := gauntlet.Observe(ctx, w2, client)         // again, with another seed and at another time
//	survey, err := gauntlet.NewSurvey(first, second)
//	for _, trial := range survey.Trials(1, scenarios.Library()) {
//		report.Add(survey.Try(ctx, w3, trial, client))   // on a world of its own
//	}
package gauntlet
