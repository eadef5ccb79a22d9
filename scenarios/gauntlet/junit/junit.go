// Package junit writes the files of test results that build servers read.
package junit

import "encoding/xml"

// Suites is a file.
type Suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Suites  []Suite  `xml:"testsuite"`
}

// Suite is a list of cases. Add counts them.
type Suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Cases    []Case `xml:"testcase"`
}

// Case is one result: it has passed unless it says otherwise.
type Case struct {
	Class   string `xml:"classname,attr"`
	Name    string `xml:"name,attr"`
	Time    string `xml:"time,attr,omitempty"` // in seconds
	Failure *Is    `xml:"failure"`
	Skipped *Is    `xml:"skipped"`
}

// Is tells why a case is what it is.
type Is struct {
	Message string `xml:"message,attr"` // one line
	Text    string `xml:",chardata"`
}

// Add puts a case into the suite.
func (s *Suite) Add(c Case) {
	c.Class = s.Name
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

// Encode is the file. What XML can't hold, such as the escapes that colour a terminal, is replaced.
func Encode(suites ...Suite) ([]byte, error) {
	text, err := xml.MarshalIndent(Suites{Suites: suites}, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}
