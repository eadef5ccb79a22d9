package spec

import "slices"

// Type is a set of JSON types.
type Type uint8

// The JSON types.
const (
	Object Type = 1 << iota
	Array
	String
	Integer
	Number
	Boolean
	Null
	Any = Object | Array | String | Number | Boolean | Null
)

// Schema says what a value may be. The zero value takes anything.
type Schema struct {
	Type        Type   // 0: anything
	Description string // as the vendor's messages quote it, "" for none

	Fields []Field // of an object; others are refused unless Open
	Open   bool
	Values *Schema // of the members that Fields does not name, where Open
	// By names the one of Fields whose value says which further members there are: those of the variant that has it. ""
	// where Fields are all. A value that no variant has is By's own schema to refuse.
	By            string
	Variants      []Variant
	MinProperties int
	MaxProperties int // 0: no bound

	Items    *Schema
	MinItems int
	MaxItems int
	Unique   bool

	MinLength int // in UTF-16 units, as JavaScript counts
	MaxLength int
	Pattern   *Pattern
	Format    *Pattern // named in the message in place of the pattern
	Enum      []string

	Min, Max *int

	Default string // JSON, as documented; "" for none
	// Kind is the kind whose objects the value names: "organizations" by id, "organizations.name" by a member. "" where it
	// names none, or where the path says it: a parameter behind the word organizations names one.
	Kind     string
	Example  string // JSON, a value that is taken, where none follows from the rules; "" for none
	Evidence Evidence
}

// Field is a member of an object.
type Field struct {
	Name     string
	Required bool
	Schema   *Schema
}

// Variant holds the further members that an object has for one value of its schema's By.
type Variant struct {
	Value  string
	Fields []Field
}

// Pattern is the vendor's text of a rule and our own test of it: Go's regexp can't compile several of theirs.
type Pattern struct {
	Text string
	Is   func(string) bool
}

// Field returns the schema of a member, or nil.
func (s *Schema) Field(name string) *Schema {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return s.Fields[i].Schema
		}
	}
	return nil
}

// Shapes are schemas without variants that say the same together: one for each variant, and before them that of an
// object without By where By may be left out. A schema without variants is its own only shape.
func (s *Schema) Shapes() []*Schema {
	if s.By == "" {
		return []*Schema{s}
	}
	var shapes []*Schema
	by := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == s.By })
	shape := func(by []Field, after ...Field) {
		c := *s
		c.By, c.Variants = "", nil
		c.Fields = slices.Concat(by, after)
		shapes = append(shapes, &c)
	}
	others := slices.Delete(slices.Clone(s.Fields), by, by+1)
	if !s.Fields[by].Required {
		shape(nil, others...)
	}
	for _, v := range s.Variants {
		narrow := *s.Fields[by].Schema
		narrow.Enum = []string{v.Value}
		shape([]Field{Req(s.By, &narrow)}, slices.Concat(others, v.Fields)...)
	}
	return shapes
}

// Req is a required member.
func Req(name string, s *Schema) Field { return Field{Name: name, Required: true, Schema: s} }

// Opt is an optional member.
func Opt(name string, s *Schema) Field { return Field{Name: name, Schema: s} }

// Int is a pointer to n, for Min and Max.
func Int(n int) *int { return &n }

// Nullable returns the schema with null allowed too.
func (s *Schema) Nullable() *Schema {
	c := *s
	c.Type |= Null
	return &c
}

// Where tells the parts of a request apart.
type Where string

// The parts of a request.
const (
	InBody  Where = "body"
	InQuery Where = "query"
	InPath  Where = "path"
)

// Rule names what a value broke.
type Rule string

// The rules.
const (
	RuleSyntax        Rule = "syntax"
	RuleMedia         Rule = "media"
	RuleTooLarge      Rule = "too_large"
	RuleAdditional    Rule = "additional"
	RuleRequired      Rule = "required"
	RuleType          Rule = "type"
	RuleMinLength     Rule = "min_length"
	RuleMaxLength     Rule = "max_length"
	RulePattern       Rule = "pattern"
	RuleFormat        Rule = "format"
	RuleEnum          Rule = "enum"
	RuleMin           Rule = "minimum"
	RuleMax           Rule = "maximum"
	RuleMinItems      Rule = "min_items"
	RuleMaxItems      Rule = "max_items"
	RuleUnique        Rule = "unique"
	RuleMinProperties Rule = "min_properties"
	RuleMaxProperties Rule = "max_properties"
)

// Violation is one broken rule of a schema, for the vendor to word.
type Violation struct {
	Where  Where
	Path   string // dotted, with [i] for items; "" at the root
	Rule   Rule
	Schema *Schema // of the value at Path
	Text   string  // the value: a string's content, else its JSON
	Type   Type    // what it is
	Names  []string
	Size   int    // how long, large or many it is
	Other  int    // for unique: the other index
	Cause  string // for syntax: what is wrong
	Empty  bool   // there is no body at all, where one is asked for
}
