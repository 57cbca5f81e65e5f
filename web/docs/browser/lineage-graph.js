// Draws the lineage graph; window.tickmarkLineage is written by site-data.ts, window.dagre lays out.
(() => {
  'use strict';
  const { nodes, edges, columns } = window.tickmarkLineage;
  const root = document.body.dataset.root;
  const SVG = 'http://www.w3.org/2000/svg';
  /** Above so many nodes a graph is no picture any more: it begins at one node. */
  const MOST = 600;
  const NEAR = 2;

  const parents = nodes.map(() => []);
  const children = nodes.map(() => []);
  for (const [from, to] of edges) {
    parents[to].push(from);
    children[from].push(to);
  }
  /** Who uses a column: `uses[node].get(column)` is a list of [node, column, kind]. */
  const uses = nodes.map(() => new Map());
  columns.forEach((own, to) => {
    for (const [name, origins] of own) {
      for (const [from, column, kind] of origins) {
        if (!uses[from].has(column)) uses[from].set(column, []);
        uses[from].get(column).push([to, name, kind]);
      }
    }
  });
  const originsOf = (node, column) => (columns[node] ?? []).find(([name]) => name === column)?.[1] ?? [];

  /** All that can be reached within so many steps, with how far it is. */
  const reach = (start, next, steps = Infinity) => {
    const found = new Map([[start, 0]]);
    let edge = [start];
    for (let step = 1; step <= steps && edge.length > 0; step += 1) {
      edge = edge.flatMap((node) => next[node].filter((other) => !found.has(other)));
      for (const node of edge) found.set(node, step);
    }
    return found;
  };

  /** The columns that a column comes from and goes into, and the steps between them. */
  const follow = (node, column) => {
    const seen = new Map();
    const steps = new Map();
    const add = (at, name) => {
      if (!seen.has(at)) seen.set(at, new Set());
      const fresh = !seen.get(at).has(name);
      seen.get(at).add(name);
      return fresh;
    };
    const up = (at, name) => {
      for (const [from, origin, kind] of originsOf(at, name)) {
        steps.set([from, origin, at, name].join('\n'), { from, origin, to: at, name, kind });
        if (add(from, origin)) up(from, origin);
      }
    };
    const down = (at, name) => {
      for (const [to, use, kind] of uses[at].get(name) ?? []) {
        steps.set([at, name, to, use].join('\n'), { from: at, origin: name, to, name: use, kind });
        if (add(to, use)) down(to, use);
      }
    };
    add(node, column);
    up(node, column);
    down(node, column);
    return { seen, steps: [...steps.values()] };
  };

  const svg = (name, attributes = {}, ...inside) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const html = (name, attributes = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };

  const HEAD = 34;
  const ROW = 20;
  const widthOf = (texts) => Math.min(360, Math.max(110, 30 + 7.6 * Math.max(...texts.map((text) => text.length))));
  const cut = (text, width) => {
    const most = Math.floor((width - 22) / 7.6);
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
  };

  const layout = (shown, rowsOf) => {
    const graph = new window.dagre.graphlib.Graph();
    const many = shown.length > 150;
    graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 56, ranker: many ? 'tight-tree' : 'network-simplex' });
    graph.setDefaultEdgeLabel(() => ({}));
    const here = new Set(shown);
    for (const node of shown) {
      const rows = rowsOf(node);
      const width = widthOf([nodes[node].name, ...rows]);
      graph.setNode(String(node), { width, height: HEAD + rows.length * ROW });
    }
    for (const [from, to] of edges) if (here.has(from) && here.has(to)) graph.setEdge(String(from), String(to));
    window.dagre.layout(graph);
    return graph;
  };

  const curve = (x1, y1, x2, y2) => {
    const bend = Math.min(Math.max(24, Math.abs(x2 - x1) / 2), Math.max(Math.abs(x2 - x1), 24));
    return `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
  };

  /** Through the points where the layout kept room for the edge between other nodes. */
  const route = (a, points, b) => {
    const stops = [
      { x: a.x + a.width / 2, y: a.y },
      ...points.slice(1, -1).filter(({ x }) => x > a.x + a.width / 2 && x < b.x - b.width / 2),
      { x: b.x - b.width / 2, y: b.y },
    ];
    return stops
      .slice(1)
      .map((to, at) => curve(stops[at].x, stops[at].y, to.x, to.y))
      .join(' ');
  };

  const start = (host) => {
    const around = nodes.findIndex(({ name, type }) => name === host.dataset.lineage && type !== 'exposure');
    const whole = host.classList.contains('whole');
    const state = { focus: around, steps: whole ? Infinity : NEAR, picked: around, column: null };
    const canvas = svg('svg', { class: 'graph', role: 'group', 'aria-label': 'Graph' });
    const bar = html('div', { class: 'bar' });
    const panel = html('div', { class: 'panel', 'aria-live': 'polite' });
    const stage = html('div', { class: 'stage' }, canvas, panel);
    host.append(bar, stage);
    let view = { x: 0, y: 0, w: 100, h: 100 };
    let extent = view;
    let drawn = new Map();

    const look = () => canvas.setAttribute('viewBox', `${view.x} ${view.y} ${view.w} ${view.h}`);
    const zoom = (factor, x = view.x + view.w / 2, y = view.y + view.h / 2) => {
      const w = Math.min(Math.max(view.w * factor, 120), Math.max(extent.w * 4, 2000));
      const real = w / view.w;
      view = { x: x - (x - view.x) * real, y: y - (y - view.y) * real, w, h: view.h * real };
      look();
    };
    const fit = () => {
      const box = canvas.getBoundingClientRect();
      const scale = Math.max(extent.w / Math.max(box.width, 1), extent.h / Math.max(box.height, 1), 0.8);
      const w = scale * box.width;
      const h = scale * box.height;
      view = { x: extent.x - (w - extent.w) / 2, y: extent.y - (h - extent.h) / 2, w, h };
      look();
    };
    /** All of it when it can be read so, else the part around what is picked, or where the graph begins. */
    const begin = () => {
      fit();
      const box = canvas.getBoundingClientRect();
      if (view.w / Math.max(box.width, 1) < 1.8 || drawn.size === 0) return;
      const { at } = drawn.get(state.picked) ?? [...drawn.values()][0];
      const w = 1.2 * box.width;
      const h = 1.2 * box.height;
      const x = state.picked < 0 ? extent.x : at.x - w / 2;
      view = { x, y: at.y - h / 2, w, h };
      look();
    };
    const button = (text, label, run) => {
      const made = html('button', { type: 'button', 'aria-label': label, title: label }, text);
      made.addEventListener('click', run);
      return made;
    };

    const shownNodes = (trace) => {
      if (trace) return [...trace.seen.keys()];
      if (state.focus < 0) return nodes.map((_, at) => at);
      return [
        ...new Set([
          ...reach(state.focus, parents, state.steps).keys(),
          ...reach(state.focus, children, state.steps).keys(),
        ]),
      ];
    };

    const draw = () => {
      const trace = state.column === null ? null : follow(state.picked, state.column);
      const shown = shownNodes(trace);
      canvas.replaceChildren();
      drawn = new Map();
      if (shown.length > MOST) {
        extent = { x: 0, y: 0, w: 600, h: 120 };
        canvas.append(
          svg('text', { x: 20, y: 50 }, `${shown.length} nodes are too many for one picture.`),
          svg('text', { x: 20, y: 78 }, 'Choose one in the list above.'),
        );
        fit();
        return;
      }
      const rowsOf = (node) => (trace ? [...trace.seen.get(node)] : []);
      const graph = layout(shown, rowsOf);
      const place = (node) => graph.node(String(node));
      const wires = svg('g', { class: 'wires' });
      const boxes = svg('g', { class: 'boxes' });
      canvas.append(wires, boxes);
      const wired = [];
      if (trace) {
        for (const { from, origin, to, name, kind } of trace.steps) {
          const a = place(from);
          const b = place(to);
          const row = (at, column) =>
            at.y - at.height / 2 + HEAD + (rowsOf(at === a ? from : to).indexOf(column) + 0.5) * ROW;
          const path = svg('path', {
            d: curve(a.x + a.width / 2, row(a, origin), b.x - b.width / 2, row(b, name)),
            class: `wire ${kind}`,
          });
          path.append(svg('title', {}, `${nodes[from].name}.${origin} → ${nodes[to].name}.${name}: ${kind}`));
          wires.append(path);
        }
      } else {
        for (const edge of graph.edges()) {
          const { v, w } = edge;
          const path = svg('path', {
            d: route(place(Number(v)), graph.edge(edge).points, place(Number(w))),
            class: 'wire',
          });
          wires.append(path);
          wired.push([Number(v), Number(w), path]);
        }
      }
      // In reading order, which is also the order of the Tab key.
      const ordered = shown.toSorted((a, b) => place(a).x - place(b).x || place(a).y - place(b).y);
      for (const node of ordered) {
        const { name, kind, type, status } = nodes[node];
        const at = place(node);
        const box = svg('g', {
          class: `box ${type} ${['fail', 'error'].includes(status) ? 'bad' : ''}`,
          transform: `translate(${at.x - at.width / 2} ${at.y - at.height / 2})`,
          tabindex: '0',
          role: 'button',
          'aria-label': `${name}, ${kind}${status === '' ? '' : `, ${status}`}`,
        });
        box.append(
          svg('rect', { width: at.width, height: at.height, rx: 6 }),
          svg('text', { x: 11, y: 15, class: 'name' }, cut(name, at.width)),
          svg('text', { x: 11, y: 28, class: 'kind' }, status === '' ? kind : `${kind} · ${status}`),
          svg('title', {}, name),
        );
        rowsOf(node).forEach((column, row) => {
          const mine = node === state.picked && column === state.column;
          box.append(
            svg(
              'text',
              { x: 11, y: HEAD + row * ROW + 14, class: mine ? 'column mine' : 'column' },
              cut(column, at.width),
            ),
          );
        });
        box.addEventListener('click', () => {
          if (!moved) pick(node);
        });
        box.addEventListener('keydown', (event) => onKey(event, node));
        boxes.append(box);
        drawn.set(node, { box, at });
      }
      const { width, height } = graph.graph();
      extent = { x: -16, y: -16, w: width + 32, h: height + 32 };
      begin();
      mark(wired);
      state.wired = wired;
    };

    /** What is picked stands out, what it is made of and what reads it stays, the rest steps back. */
    const mark = (wired) => {
      const related =
        state.picked < 0 || state.column !== null
          ? null
          : new Set([...reach(state.picked, parents).keys(), ...reach(state.picked, children).keys()]);
      for (const [node, { box }] of drawn) {
        box.classList.toggle('picked', node === state.picked);
        box.classList.toggle('dim', related !== null && !related.has(node));
      }
      const above = state.picked < 0 ? new Map() : reach(state.picked, parents);
      const below = state.picked < 0 ? new Map() : reach(state.picked, children);
      for (const [from, to, path] of wired) {
        const on = (above.has(from) && above.has(to)) || (below.has(from) && below.has(to));
        path.classList.toggle('on', state.picked >= 0 && on);
        path.classList.toggle('dim', state.picked >= 0 && !on);
      }
    };

    const tell = () => {
      if (state.picked < 0) {
        panel.replaceChildren(html('p', { class: 'empty' }, `${nodes.length} nodes. Choose one.`));
        return;
      }
      const { name, kind, page, status } = nodes[state.picked];
      const only = button(
        state.focus === state.picked && state.steps === Infinity ? 'Near it' : 'All of its lineage',
        'Change how far',
        () => {
          state.steps = state.focus === state.picked && state.steps === Infinity ? NEAR : Infinity;
          state.focus = state.picked;
          state.column = null;
          draw();
          tell();
        },
      );
      const list = html('ul', { class: 'columns', 'aria-label': `Columns of ${name}` });
      for (const [column] of columns[state.picked] ?? []) {
        const made = html('button', { type: 'button', 'aria-pressed': String(column === state.column) }, column);
        made.addEventListener('click', () => {
          state.column = column === state.column ? null : column;
          draw();
          tell();
          panel.querySelector('[aria-pressed="true"]')?.focus();
        });
        list.append(html('li', {}, made));
      }
      const counted = (next, word) => `${reach(state.picked, next).size - 1} ${word}`;
      panel.replaceChildren(
        html('h3', {}, html('a', { href: root + page }, name)),
        html(
          'p',
          { class: 'how' },
          `${kind}${status === '' ? '' : ` · ${status}`} · ${counted(parents, 'above')} · ${counted(children, 'below')}`,
        ),
        html('p', {}, only),
        ...(list.children.length === 0 ? [] : [html('p', { class: 'how' }, 'Follow a column:'), list]),
      );
    };

    const pick = (node) => {
      state.picked = node;
      if (state.column !== null) {
        state.column = null;
        draw();
      }
      mark(state.wired ?? []);
      tell();
      drawn.get(node)?.box.focus({ preventScroll: true });
    };

    const onKey = (event, node) => {
      const { at } = drawn.get(node);
      const ahead = { ArrowLeft: parents, ArrowRight: children }[event.key];
      let to;
      if (event.key === 'Enter' || event.key === ' ') pick(node);
      else if (ahead) to = ahead[node].find((other) => drawn.has(other));
      else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
        const sign = event.key === 'ArrowUp' ? -1 : 1;
        const others = [...drawn]
          .filter(([, other]) => Math.abs(other.at.x - at.x) < 60 && (other.at.y - at.y) * sign > 0)
          .sort((a, b) => (a[1].at.y - b[1].at.y) * sign);
        to = others[0]?.[0];
      } else return;
      event.preventDefault();
      if (to === undefined) return;
      const { box, at: goal } = drawn.get(to);
      box.focus({ preventScroll: true });
      if (goal.x < view.x || goal.x > view.x + view.w || goal.y < view.y || goal.y > view.y + view.h) {
        view = { ...view, x: goal.x - view.w / 2, y: goal.y - view.h / 2 };
        look();
      }
    };

    let moved = false;
    let grip = null;
    canvas.addEventListener('pointerdown', (event) => {
      grip = { x: event.clientX, y: event.clientY, view };
      moved = false;
    });
    canvas.addEventListener('pointermove', (event) => {
      if (grip === null || event.buttons === 0) return;
      const scale = view.w / canvas.getBoundingClientRect().width;
      const dx = event.clientX - grip.x;
      const dy = event.clientY - grip.y;
      if (Math.abs(dx) + Math.abs(dy) > 4 && !moved) {
        moved = true;
        canvas.setPointerCapture(event.pointerId);
      }
      if (moved) view = { ...view, x: grip.view.x - dx * scale, y: grip.view.y - dy * scale };
      look();
    });
    const letGo = () => {
      grip = null;
    };
    canvas.addEventListener('pointerup', letGo);
    canvas.addEventListener('pointercancel', letGo);
    canvas.addEventListener(
      'wheel',
      (event) => {
        // Without Ctrl the small graph of a page lets the page scroll.
        if (!whole && !event.ctrlKey) return;
        event.preventDefault();
        const box = canvas.getBoundingClientRect();
        const x = view.x + ((event.clientX - box.left) / box.width) * view.w;
        const y = view.y + ((event.clientY - box.top) / box.height) * view.h;
        zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, x, y);
      },
      { passive: false },
    );

    bar.append(
      button('+', 'Zoom in', () => zoom(1 / 1.3)),
      button('−', 'Zoom out', () => zoom(1.3)),
      button('Fit', 'Show all of the graph', fit),
    );
    if (whole) {
      const choice = html(
        'select',
        { 'aria-label': 'Show the lineage of' },
        html('option', { value: '-1' }, 'Whole project'),
      );
      const named = nodes.map(({ name }, at) => ({ name, at })).sort((a, b) => a.name.localeCompare(b.name));
      for (const { name, at } of named) choice.append(html('option', { value: String(at) }, name));
      choice.addEventListener('change', () => {
        Object.assign(state, { focus: Number(choice.value), picked: Number(choice.value), column: null });
        draw();
        tell();
      });
      bar.append(choice);
      const asked = decodeURIComponent(location.hash.slice(1));
      const at = nodes.findIndex(({ name }) => name === asked);
      if (at >= 0) {
        Object.assign(state, { focus: at, picked: at });
        choice.value = String(at);
      }
    } else {
      bar.append(
        html(
          'a',
          { href: `${root}docs/lineage.html#${encodeURIComponent(host.dataset.lineage)}` },
          'Open in the whole graph',
        ),
      );
    }
    draw();
    tell();
  };

  for (const host of document.querySelectorAll('[data-lineage]')) start(host);
})();
