// Renders a chart as Helm does: Go's templates with sprig's functions and Helm's few own ones. It takes the folder as its argument and
// {"values": {…}, "release": {…}} on standard input, and writes {"template": "text", …}. Values are merged over those of the chart.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

type object = map[string]interface{}

type input struct {
	Values  object
	Release object
}

func main() {
	texts, err := render(os.Args[1])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(texts)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(folder string) (map[string]string, error) {
	var given input
	var chart, values object
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		return nil, err
	}
	if err := read(folder+"/Chart.yaml", &chart); err != nil {
		return nil, err
	}
	if err := read(folder+"/values.yaml", &values); err != nil {
		return nil, err
	}
	data := object{"Values": merge(values, given.Values), "Release": given.Release, "Chart": capitalised(chart)}
	return execute(folder+"/templates", data)
}

func execute(folder string, data object) (map[string]string, error) {
	paths, err := filepath.Glob(folder + "/*")
	if err != nil {
		return nil, err
	}
	all := template.New("").Option("missingkey=zero")
	all.Funcs(functions(all))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if _, err := all.New(filepath.Base(path)).Parse(string(text)); err != nil {
			return nil, err
		}
	}
	texts := map[string]string{}
	for _, path := range paths {
		name := filepath.Base(path)
		if strings.HasPrefix(name, "_") {
			continue
		}
		if texts[name], err = run(all, name, data); err != nil {
			return nil, err
		}
	}
	return texts, nil
}

// What stands for a missing value is nothing, as in Helm.
func run(all *template.Template, name string, data interface{}) (string, error) {
	var text bytes.Buffer
	err := all.ExecuteTemplate(&text, name, data)
	return strings.ReplaceAll(text.String(), "<no value>", ""), err
}

// Helm takes the environment away from sprig, and adds these.
func functions(all *template.Template) template.FuncMap {
	known := sprig.TxtFuncMap()
	delete(known, "env")
	delete(known, "expandenv")
	known["include"] = func(name string, data interface{}) (string, error) { return run(all, name, data) }
	known["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	known["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	return known
}

func read(path string, into *object) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, into)
}

// Objects are merged, everything else is replaced; null takes a value away.
func merge(base, over object) object {
	for name, value := range over {
		below, isObject := base[name].(object)
		if above, both := value.(object); both && isObject {
			base[name] = merge(below, above)
		} else if value == nil {
			delete(base, name)
		} else {
			base[name] = value
		}
	}
	return base
}

// The chart's members have capitals in templates: .Chart.AppVersion.
func capitalised(chart object) object {
	members := object{}
	for name, value := range chart {
		members[strings.ToUpper(name[:1])+name[1:]] = value
	}
	return members
}
