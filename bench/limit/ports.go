package main

import "fmt"

// processor is this one, in registers of so many bytes, as the models found it.
type processor struct {
	width  int
	models map[string]float64
	group  []int // of each class: those with the same number take all of each other's ports
}

func newProcessor(width int, models map[string]float64) *processor {
	p := &processor{width: width, models: models}
	for i := range classes {
		p.group = append(p.group, i)
		for j := range i {
			if both, ok := p.pair(j, i); ok && both > 0.95*(p.cycles(i)+p.cycles(j)) {
				p.group[i] = p.group[j]
				break
			}
		}
	}
	return p
}

func (p *processor) model(name string) (float64, bool) {
	v, ok := p.models[fmt.Sprintf("%s/%d", name, p.width)]
	return v, ok
}

// cycles is what an instruction of the class takes if there is nothing else, in which it has all ports that serve it.
func (p *processor) cycles(class int) float64 {
	if v, ok := p.model(classes[class].name); ok {
		return v
	}
	v, _ := p.model("logic")
	return v
}

// pair is what one instruction of each class takes.
func (p *processor) pair(a, b int) (float64, bool) {
	return p.model(classes[a].name + "+" + classes[b].name)
}

func (p *processor) latency(in instruction) float64 {
	c := classOf(in)
	if c < 0 {
		return map[bool]float64{true: 1}[in.op[0] != 'V'] // moves between registers are renamed
	}
	if v, ok := p.model(classes[c].name + "-latency"); ok {
		return v
	}
	v, _ := p.model("logic-latency")
	return v
}

// portCycles is the least that a turn takes on the ports, and which of them that is.
func (p *processor) portCycles(code []instruction) (cycles float64, which string) {
	count := make([]float64, len(classes))
	var loads, stores, wide, all, vector float64
	for _, in := range code {
		all++
		switch {
		case in.op == "CMPQ" || in.op == "TESTQ":
			all-- // one with the branch behind it
		case in.stores():
			stores++
			if in.operands[0][0] == 'Z' && moves.MatchString(in.op) {
				wide++
			}
		case in.memory():
			loads++
		}
		if c := classOf(in); c >= 0 {
			count[c]++
			vector++
		}
	}
	take := func(t float64, name string) {
		if t > cycles {
			cycles, which = t, name
		}
	}
	one := func(name string) float64 { v, _ := p.model(name); return v }
	take(all*one("nop"), "issue")
	take(loads*one("load"), "loads")
	take(wide*one("store")+(stores-wide)*p.models["store/32"], "stores")
	take(vector*one("logic"), "vector")
	for g := range classes {
		sum := 0.0
		for c, n := range count {
			if p.group[c] == g {
				sum += n * p.cycles(c)
			}
		}
		take(sum, classes[g].name)
		for c := range classes[:g] {
			take(p.partly(c, g, count), classes[c].name+"+"+classes[g].name)
		}
	}
	return cycles, which
}

// partly is the bound of two classes that share some of their ports: in turn they take longer than the slower of them
// alone, and no mixture gets more out of these ports.
func (p *processor) partly(a, b int, count []float64) float64 {
	both, ok := p.pair(a, b)
	if !ok || p.group[a] == p.group[b] || both < 1.1*max(p.cycles(a), p.cycles(b)) {
		return 0
	}
	return (count[a]*p.cycles(a) + count[b]*p.cycles(b)) * min(1, both/(p.cycles(a)+p.cycles(b)))
}

// memoryCycles is what the loads and stores of a turn take one after the other, as far as they were measured so; 0 if
// there are not both.
func (p *processor) memoryCycles(code []instruction) float64 {
	var loads, stores float64
	for _, in := range code {
		switch {
		case in.stores():
			stores++
		case in.memory():
			loads++
		}
	}
	if loads < stores || stores == 0 {
		return 0
	}
	v, _ := p.model(fmt.Sprintf("%d+store", min(int(loads/stores), mostLoads)))
	return stores * v
}
