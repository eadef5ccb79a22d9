package serve

import (
	"context"
	"time"

	"github.com/understudy-dev/understudy/emulator/internal/state"
)

// maxWaiting is how many calls a scenario keeps at once; those beyond it are not kept.
const maxWaiting = 1000

// hold keeps the call until it is let go, or its client leaves, or the scenario ends.
func (x *exchange) hold(r *rule) {
	name := r.Hold.Release
	if r.Hold.Calls > 0 {
		name = "calls " + r.label // no rule is named so
	}
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	if !x.armed.keep(name, &cancel, r.Hold.Calls, x.released(name)) {
		return
	}
	<-ctx.Done()
	x.armed.let(name, &cancel)
	x.pause(x.r.Context().Err())
}

// released tells whether what calls wait for has been let go before.
func (x *exchange) released(name string) (yes bool) {
	_ = x.world.Store.View(engine, func(tx *state.Tx) error { // reading notes can't fail
		yes = tx.Note(x.armed.notes+"/released/"+name) != ""
		return nil
	})
	return yes
}

// keep files a call among those that wait; false where it need not. With a number, the call that makes it full lets all go.
func (a *armed) keep(name string, cancel *context.CancelFunc, full int, released bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over || released || len(a.waiting[name]) >= maxWaiting {
		return false
	}
	if full > 0 && len(a.waiting[name])+1 >= full {
		a.free(name)
		return false
	}
	if a.waiting[name] == nil {
		a.waiting[name] = map[*context.CancelFunc]bool{}
	}
	a.waiting[name][cancel] = true
	return true
}

func (a *armed) let(name string, cancel *context.CancelFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting[name], cancel)
}

// free lets go all calls that wait for a name, and tells how many they were. It must be called with the lock held.
func (a *armed) free(name string) int {
	n := len(a.waiting[name])
	for cancel := range a.waiting[name] {
		(*cancel)()
	}
	delete(a.waiting, name)
	return n
}

// Release lets go the calls that are held until a name is released, and those that come later; false where no rule of
// the scenario holds any until then.
func (w *World) Release(name string) (released int, ok bool) {
	if a := w.armed.Load(); a != nil {
		return w.release(a, name)
	}
	return 0, false
}

func (w *World) release(a *armed, name string) (released int, ok bool) {
	for _, r := range a.rules {
		ok = ok || r.Hold != nil && r.Hold.Release == name
	}
	if !ok {
		return 0, false
	}
	_ = w.Store.Update(engine, w.Clock.Now(), func(tx *state.Tx) error { // notes are always taken
		tx.SetNote(a.notes+"/released/"+name, "yes")
		return nil
	})
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.free(name), true
}

// wait keeps the call for a time of the world's clock, or until the scenario ends.
func (x *exchange) wait(d time.Duration) {
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	if x.armed.keep("", &cancel, 0, false) {
		defer x.armed.let("", &cancel)
	}
	_ = x.world.Clock.Sleep(ctx, d) // what ended it is seen below
	x.pause(x.r.Context().Err())
}
