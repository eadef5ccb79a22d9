package careful

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// change is a write that makes true what is wanted.
type change struct {
	does         string // for people
	method, path string
	body         any // becomes JSON
}

// errGone says that what a write is about is not there any more.
var errGone = errors.New("what was to be changed is gone")

// invalid is a refusal of what was sent, as which some vendors answer a conflict: only a look can tell.
type invalid struct{ error }

// ensure looks what is still to be done, does it, and looks again until nothing is. It writes once; again only
// where the outcome of a write is unknown or a conflict, and a look shows what is still to be done. What was refused as
// invalid it does not send again.
func (a *api) ensure(ctx context.Context, look func() (*change, error)) error {
	var done string
	var last error     // why it is not yet true
	var refused string // the method and path of what is invalid
	written := false
	for pause := firstPause; pause <= longestPause; {
		due, err := look()
		if err != nil {
			return err
		}
		if due == nil {
			if done != "" {
				a.changed(done)
			}
			return nil
		}
		request := due.method + " " + due.path
		if request == refused {
			return fmt.Errorf("%s: %w", done, last)
		}
		if !written {
			done = due.does
			if written, last = a.write(ctx, due); written {
				pause = firstPause
				continue
			}
			if _, is := last.(invalid); is {
				refused = request
			} else if !unknown(nil, last) {
				return fmt.Errorf("%s: %w", done, last)
			}
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
	return fmt.Errorf("%s: %w", done, last)
}

// write sends a change. Where only a look can tell what there is now, it is not written and the error is lost.
func (a *api) write(ctx context.Context, due *change) (written bool, err error) {
	body, err := json.Marshal(due.body)
	if err != nil {
		return false, err
	}
	c := call{method: due.method, path: due.path, body: body}
	got, err := a.send(ctx, c)
	switch {
	case err != nil:
		return false, err
	case unknown(got, nil), got.status == http.StatusConflict: // somebody else may have made it, and not as it is wanted
		return false, lost{a.refused(c, got)}
	case got.status == http.StatusBadRequest:
		return false, invalid{a.refused(c, got)}
	case got.status < 300:
		return true, errors.New("written, and not to be seen")
	case got.status == http.StatusNotFound:
		return false, fmt.Errorf("%w: %w", errGone, a.refused(c, got))
	}
	return false, a.refused(c, got)
}
