package serve

import (
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"github.com/understudy-dev/understudy/emulator/internal/spec"
)

// router finds the operation of a request. A map from method and path, with every word that no table knows starred,
// leads to a gorilla router of one or two routes, made on first use; what that misses, the vendor's full router decides.
type router struct {
	words map[string]bool
	few   map[string]*lazyRouter
	full  map[string]*lazyRouter // by vendor
}

// route is an operation with its vendor.
type route struct {
	vendor *spec.Vendor
	op     *spec.Operation
	name   string // auth0.organizations.get
}

type lazyRouter struct {
	once   sync.Once
	routes []route
	mux    *mux.Router
}

func newRouter(vendors []*spec.Vendor) *router {
	r := &router{words: map[string]bool{}, few: map[string]*lazyRouter{}, full: map[string]*lazyRouter{}}
	for _, v := range vendors {
		r.full[v.Name] = &lazyRouter{}
		for i := range v.Operations {
			for _, segment := range strings.Split(v.Operations[i].Path[1:], "/") {
				if !strings.HasPrefix(segment, "{") {
					r.words[segment] = true
				}
			}
		}
	}
	for _, v := range vendors {
		for i := range v.Operations {
			op := &v.Operations[i]
			key := string(r.key(nil, op.Method, op.Path))
			if r.few[key] == nil {
				r.few[key] = &lazyRouter{}
			}
			r.few[key].routes = append(r.few[key].routes, route{v, op, v.Name + "." + op.ID})
			r.full[v.Name].routes = append(r.full[v.Name].routes, route{v, op, v.Name + "." + op.ID})
		}
	}
	return r
}

// key is the method and the path with every unknown word starred.
func (r *router) key(buf []byte, method, path string) []byte {
	buf = append(buf, method...)
	for path != "" {
		path = path[1:] // the slash
		segment := path
		if slash := strings.IndexByte(path, '/'); slash >= 0 {
			segment = path[:slash]
		}
		path = path[len(segment):]
		if r.words[segment] {
			buf = append(append(buf, '/'), segment...)
		} else {
			buf = append(buf, '/', '*')
		}
	}
	return buf
}

func (l *lazyRouter) match(req *http.Request, m *mux.RouteMatch) bool {
	l.once.Do(func() {
		l.mux = mux.NewRouter().UseEncodedPath().SkipClean(true)
		for i := range l.routes {
			l.mux.MatcherFunc(template(l.routes[i].op.Path)).Methods(l.routes[i].op.Method).Name(l.routes[i].op.Path)
		}
	})
	return l.mux.Match(req, m)
}

// template matches a path segment by segment, which is what a gorilla path template does with two regular expressions at
// a tenth of the cost. No segment may be empty.
func template(path string) mux.MatcherFunc {
	want := strings.Split(path[1:], "/")
	names := make([]string, len(want))
	for i, segment := range want {
		if strings.HasPrefix(segment, "{") {
			names[i] = strings.Trim(segment, "{}")
		}
	}
	return func(r *http.Request, m *mux.RouteMatch) bool {
		rest := r.URL.EscapedPath()
		vars := make(map[string]string, 2)
		for i := range want {
			if rest == "" {
				return false
			}
			segment, after, more := strings.Cut(rest[1:], "/")
			if segment == "" || more != (i+1 < len(want)) || names[i] == "" && segment != want[i] {
				return false
			}
			if names[i] != "" {
				vars[names[i]] = segment
			}
			if rest = ""; more {
				rest = "/" + after
			}
		}
		m.Vars = vars
		return true
	}
}

// find returns the route of a request and its path parameters, each unescaped once. Without a route, wrongMethod tells
// whether another method has one.
func (r *router) find(req *http.Request, path string) (found *route, vars map[string]string, wrongMethod bool) {
	var m mux.RouteMatch
	if !strings.HasPrefix(path, "/") {
		return nil, nil, false
	}
	var buf [256]byte
	if few := r.few[string(r.key(buf[:0], req.Method, path))]; few != nil && few.match(req, &m) {
		return few.chosen(req.Method, &m)
	}
	for _, full := range r.full {
		m = mux.RouteMatch{}
		if full.match(req, &m) {
			return full.chosen(req.Method, &m)
		}
		if m.MatchErr == mux.ErrMethodMismatch {
			wrongMethod = true
		}
	}
	if plain, ended := strings.CutSuffix(path, "/"); ended && plain != "" && !strings.HasSuffix(plain, "/") {
		if found, vars = r.findPlain(req, plain); found != nil {
			return found, vars, false
		}
	}
	return nil, nil, wrongMethod
}

// allowed lists the methods that a path has, as HTTP wants them told with a 405.
func (r *router) allowed(req *http.Request) string {
	var all []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
		asked := *req
		asked.Method = method
		if found, _, _ := r.find(&asked, asked.URL.EscapedPath()); found != nil {
			all = append(all, method)
		}
	}
	return strings.Join(all, ", ")
}

// findPlain finds the route of a path without the slash at its end, of a vendor that takes one.
func (r *router) findPlain(req *http.Request, path string) (*route, map[string]string) {
	plain, u := *req, *req.URL
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	plain.URL = &u
	if found, vars, _ := r.find(&plain, path); found != nil && found.vendor.Slash {
		return found, vars
	}
	return nil, nil
}

func (l *lazyRouter) chosen(method string, m *mux.RouteMatch) (*route, map[string]string, bool) {
	path := m.Route.GetName()
	for name, value := range m.Vars {
		if strings.IndexByte(value, '%') < 0 {
			continue
		}
		plain, err := url.PathUnescape(value)
		if err != nil {
			return nil, nil, false
		}
		m.Vars[name] = plain
	}
	for i := range l.routes {
		if l.routes[i].op.Path == path && l.routes[i].op.Method == method {
			return &l.routes[i], m.Vars, false
		}
	}
	return nil, nil, false
}
